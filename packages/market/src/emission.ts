/** floor(10^27·k), k = 1 − 2^(−1/730): two years of daily epochs halve what is left. */
const DECAY = 949_066_037_374_331_607_728_409n;
const RAY = 10n ** 27n;
const WAD = 10n ** 18n;
const BPS = 10_000n;
/** Emission without any use, and the use from which it is whole, in basis points. */
const FLOOR_BPS = 2_500n;
const TARGET_BPS = 7_000n;

/**
 * floor(10^18·g(U)), g(U) = min(1, floor + (1 − floor)·U/target), U = used/capacity in any common unit; without capacity U is 0.
 * Twin of `EmissionMath.demandDown`.
 */
export function demandDown(used: bigint, capacity: bigint): bigint {
  if (capacity === 0n) return (WAD * FLOOR_BPS) / BPS;
  if (used * BPS >= capacity * TARGET_BPS) return WAD;
  return (WAD * FLOOR_BPS) / BPS + (WAD * (BPS - FLOOR_BPS) * used) / (capacity * TARGET_BPS);
}

/**
 * Wei that an epoch emits: floor(remaining·k·g·factor), `demandWad` being 10^18·g and `factorBps` the team's factor of at most
 * 10,000. Twin of `EmissionMath.emissionDown`.
 */
export const emissionDown = (remaining: bigint, demandWad: bigint, factorBps: bigint): bigint =>
  (remaining * DECAY * demandWad * factorBps) / (RAY * WAD * BPS);
