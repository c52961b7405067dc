/** In this time at full demand what is left halves, whatever the length of an epoch: 730 days. */
const HALVING_SEC = 730n * 86_400n;
/** floor(2^128·ln 2). */
const LN2_Q128 = 0xb17217f7d1cf79abc9e3b39803f2f6afn;
const RAY = 10n ** 27n;
const WAD = 10n ** 18n;
const BPS = 10_000n;
/** Emission without any use, and the use from which it is whole, in basis points. */
const FLOOR_BPS = 2_500n;
const TARGET_BPS = 7_000n;

/**
 * floor(10^27·k), k = 1 − 2^(−epochLengthSec/730 days): the part of what is left that an epoch emits at full demand. Exact for every
 * length that `Staking` allows, 5 seconds to 7 days. Twin of `EmissionMath.decayDown`.
 */
export function emissionDecayDown(epochLengthSec: bigint): bigint {
  const x = (LN2_Q128 * epochLengthSec) / HALVING_SEC;
  let sum = 0n;
  let term = x;
  for (let n = 1n; term !== 0n; n++) {
    sum += n % 2n === 1n ? term : -term;
    term = ((term * x) >> 128n) / (n + 1n);
  }
  return (sum * RAY) >> 128n;
}

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
 * Wei that an epoch emits: floor(remaining·k·g·factor), `decayRay` being 10^27·k of `emissionDecayDown`, `demandWad` 10^18·g and
 * `factorBps` the team's factor of at most 10,000. Twin of `EmissionMath.emissionDown`.
 */
export const emissionDown = (remaining: bigint, decayRay: bigint, demandWad: bigint, factorBps: bigint): bigint =>
  (remaining * decayRay * demandWad * factorBps) / (RAY * WAD * BPS);
