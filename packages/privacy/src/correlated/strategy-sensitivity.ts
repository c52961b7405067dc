import { privacyError } from '../errors.ts';

/** When one unit may take part: at most so often, with at least so many steps from one time to the next. */
export interface Participation {
  /** Steps from one participation to the next, at least. */
  readonly separation: number;
  readonly most: number;
}

/** Patterns that are looked at, at most. */
const BUDGET = 200_000;

/**
 * The square of how far one unit moves C·x, where `columns[t]` is what a contribution of norm 1 in step t adds to it: the
 * largest ‖Σ columns‖² over all patterns in which the unit may take part. By trying every pattern: exact for columns without
 * negative entries, where contributions do worst when they all point one way.
 *
 * Source: Choquette-Choo et al. 2023, "Multi-Epoch Matrix Factorization Mechanisms", arXiv 2211.06530, Corollary 2.1.
 *
 * @throws `privacy.badParameter` for negative entries, or more than 200,000 patterns
 */
export function squaredSensitivity(columns: readonly ArrayLike<number>[], { separation, most }: Participation): number {
  if (columns.some((column) => Array.from(column).some((entry) => !(entry >= 0)))) refuse('a negative entry');
  if (!(separation >= 1) || !(most >= 1)) refuse('no participation');
  let tried = 0;
  const extend = (from: number, left: number, sum: Float64Array): number => {
    let best = sum.reduce((total, entry) => total + entry * entry, 0);
    if (left === 0) return best;
    for (let step = from; step < columns.length; step++) {
      if (++tried > BUDGET) refuse('too many patterns');
      const column = columns[step]!;
      best = Math.max(
        best,
        extend(
          step + separation,
          left - 1,
          sum.map((entry, row) => entry + column[row]!),
        ),
      );
    }
    return best;
  };
  return extend(0, most, new Float64Array(columns[0]?.length ?? 0));
}

function refuse(why: string): never {
  throw privacyError({ code: 'privacy.badParameter', message: `The strategy's sensitivity is not computed: ${why}.` });
}
