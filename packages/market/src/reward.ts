const MICRO = 1_000_000n;
const MICRO_ENC = 1_000_000_000_000n;
const BPS = 10_000n;

/** β: the part of an epoch’s emission that goes to the qualified, in basis points. Twin of `Rewards.BONUS_BPS`. */
export const BONUS_BPS = 1_000n;

/** The part of an epoch in which a provider must be there to qualify. Twin of `Rewards.BONUS_AVAILABILITY_BPS`. */
export const BONUS_AVAILABILITY_BPS = 9_950n;

/** One provider's epoch. Amounts in wei, capacity in micro-units, parts in basis points. */
export interface ProviderEpoch {
  /** What was paid for work that settled. */
  readonly work: bigint;
  /** Proven capacity of the epoch. */
  readonly units: bigint;
  readonly availabilityBps: bigint;
  /** Stake at the epoch’s start. */
  readonly stake: bigint;
  /** Table value of the security level. */
  readonly levelBps: bigint;
  readonly reputationBps: bigint;
}

/** Wei for proven capacity that was available, at a rate in wei a unit; rounded down. Twin of `RewardMath.capacityDown`. */
export const capacityDown = (units: bigint, rate: bigint, availabilityBps: bigint): bigint =>
  (units * rate * availabilityBps) / (MICRO * BPS);

/** Q in micro-ENC: what was earned as far as stake covers it; rounded down. Twin of `RewardMath.quantityDown`. */
export function quantityDown(earned: bigint, stake: bigint, stakeCapBps: bigint): bigint {
  const cap = (stake * stakeCapBps) / BPS;
  return (earned < cap ? earned : cap) / MICRO_ENC;
}

/**
 * f = Q·c(C)·R², exact, with c and R in basis points. `capacityRate` is wei for a unit of capacity that was there, `stakeCapBps`
 * the most that a stake lets score. Twin of `RewardMath.score` over the other two.
 */
export function scoreOfEpoch(
  { work, units, availabilityBps, stake, levelBps, reputationBps }: ProviderEpoch,
  { capacityRate, stakeCapBps }: { readonly capacityRate: bigint; readonly stakeCapBps: bigint },
): bigint {
  const earned = work + capacityDown(units, capacityRate, availabilityBps);
  return quantityDown(earned, stake, stakeCapBps) * levelBps * reputationBps ** 2n;
}

/** A part of an amount by score: floor(amount·score/total). Twin of `RewardMath.partDown`. */
export const rewardPartDown = (amount: bigint, score: bigint, total: bigint): bigint => (amount * score) / total;

/**
 * What an epoch’s emission gives: `share` to all scores, `bonus` to the qualified, each rounded down. Where nobody qualified the bonus is
 * not emitted. Twin of `Rewards._portion` and `Rewards._split`.
 */
export function splitEmissionDown(emission: bigint, isAnyQualified: boolean): { share: bigint; bonus: bigint } {
  if (!isAnyQualified) return { share: (emission * (BPS - BONUS_BPS)) / BPS, bonus: 0n };
  const bonus = (emission * BONUS_BPS) / BPS;
  return { share: emission - bonus, bonus };
}
