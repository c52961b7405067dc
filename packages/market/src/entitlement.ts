/**
 * Micro-units of an epoch’s verified capacity that a stake secures: floor(s·P/Σs); 0 where nobody has staked. All of an epoch
 * add up to P at most. Twin of `EntitlementMath.entitlementDown`.
 */
export const entitlementDown = (stake: bigint, totalStake: bigint, units: bigint): bigint =>
  totalStake === 0n ? 0n : (units * stake) / totalStake;
