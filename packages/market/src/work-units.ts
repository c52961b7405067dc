import { marketError } from './errors.ts';

/** Weights of memory and time in work units, in micro-units. Part of the protocol: all sides must count alike. */
export interface Kappa {
  /** Micro-units for one GiB held for one second. */
  readonly memory: bigint;
  /** Micro-units for one second. */
  readonly time: bigint;
}

/**
 * The weights of protocol version 1. One unit is 10^12 floating-point operations. Memory: 0.01 unit a GiB-second, so 16
 * GiB held for a second weigh as 0.16 · 10^12 operations. Time: 0.01 unit a second, so that a worker kept waiting is
 * paid even where the work is tiny.
 */
export const DEFAULT_KAPPA: Kappa = { memory: 10_000n, time: 10_000n };

/** The work of a job, as its graph and spec give it. */
export interface Work {
  /** Floating-point operations of the whole job. */
  readonly flops: bigint;
  /** Bytes held while it runs: parameters and activations. */
  readonly modelBytes: bigint;
  /** Seconds allowed. */
  readonly durationSec: number;
}

const GIB = 1n << 30n;
const FLOPS_PER_MICRO_UNIT = 1_000_000n;
const UINT64 = 1n << 64n;

/**
 * The micro-units of a job: `F/10^12 + κ_M · M · T + κ_T · T` units with F in operations, M in GiB and T in seconds
 * (economy.md section 3), × 10^6, rounded up once at the end.
 *
 * @throws `market.badParameter` for negative numbers, and for work that does not fit the order's 64 bits
 */
export function workUnits({ flops, modelBytes, durationSec, kappa = DEFAULT_KAPPA }: Work & { kappa?: Kappa }): bigint {
  if (flops < 0n || modelBytes < 0n || !Number.isSafeInteger(durationSec) || durationSec < 0) {
    throw marketError({ code: 'market.badParameter', message: 'Work is made of whole numbers from zero on.' });
  }
  const seconds = BigInt(durationSec);
  const numerator = flops * GIB + kappa.memory * modelBytes * seconds * FLOPS_PER_MICRO_UNIT;
  const denominator = FLOPS_PER_MICRO_UNIT * GIB;
  const units = (numerator + denominator - 1n) / denominator + kappa.time * seconds;
  if (units < UINT64) return units;
  throw marketError({
    code: 'market.badParameter',
    message: 'The job is more work than an order can name.',
    hint: 'Train fewer steps, or a smaller model.',
    data: { units: units.toString() },
  });
}
