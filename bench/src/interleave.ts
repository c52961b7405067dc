export interface Timing {
  /** Median of the rounds, milliseconds. */
  medianMs: number;
  /** Half the distance between the quartiles, milliseconds. */
  spreadMs: number;
}

const quantile = (sorted: readonly number[], p: number): number => {
  const at = (sorted.length - 1) * p;
  const low = sorted[Math.floor(at)]!;
  return low + (sorted[Math.ceil(at)]! - low) * (at - Math.floor(at));
};

/** The median and spread of the values. */
export function summarise(values: readonly number[]): Timing {
  const sorted = [...values].sort((a, b) => a - b);
  return { medianMs: quantile(sorted, 0.5), spreadMs: (quantile(sorted, 0.75) - quantile(sorted, 0.25)) / 2 };
}

/**
 * Times what is compared in turns (a, b, a, b, …), so that a noisy machine disturbs all alike.
 *
 * Each candidate warms up first. Returns one timing a candidate and, per candidate after the first, the median of its
 * ratio to the first within the same round: the figure to trust where cores are shared.
 */
export async function interleave(
  candidates: readonly (() => Promise<unknown>)[],
  { rounds = 15, warmups = 3 }: { rounds?: number; warmups?: number } = {},
): Promise<{ timings: Timing[]; ratios: number[] }> {
  const times: number[][] = candidates.map(() => []);
  for (let round = -warmups; round < rounds; round++) {
    for (const [index, candidate] of candidates.entries()) {
      const started = performance.now();
      await candidate();
      if (round >= 0) times[index]!.push(performance.now() - started);
    }
  }
  const ratios = times.slice(1).map((own) => summarise(own.map((ms, round) => ms / times[0]![round]!)).medianMs);
  return { timings: times.map(summarise), ratios };
}
