// The sceptical prior (1, 2): one ENC of work done, two not done, in gwei.
const PRIOR_ALPHA_GWEI = 1_000_000_000n;
const PRIOR_BETA_GWEI = 2_000_000_000n;

/**
 * The mean of a provider's Beta distribution in basis points, rounded down; counters in gwei of ENC. 3,333 for an account
 * without a history. Twin of `ReputationMath.bpsDown`.
 */
export function reputationBps(alphaGwei: bigint, betaGwei: bigint): bigint {
  const good = PRIOR_ALPHA_GWEI + alphaGwei;
  return (10_000n * good) / (good + PRIOR_BETA_GWEI + betaGwei);
}
