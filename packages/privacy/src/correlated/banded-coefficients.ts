import { privacyError } from '../errors.ts';

const MOST = 4096;

/**
 * The first `bands` coefficients of √(1/(1 − x)), which are C(2j, j)/4^j, scaled to the norm 1: a column of the banded Toeplitz
 * strategy matrix. One band is [1], which is DP-SGD's.
 *
 * The full square root of the prefix sums is optimal but for a constant in their largest error (Fichtenberger, Henzinger,
 * Upadhyay 2023, "Constant Matters"); cut after b bands it is the banded square root of Kalinin and Lampert 2024. It comes
 * near the numerically best banded matrix of arXiv 2306.08153 without a search.
 *
 * @throws `privacy.badParameter` for bands that are no whole number from 1 to 4096
 */
export function bandedCoefficients(bands: number): Float64Array {
  if (!Number.isSafeInteger(bands) || bands < 1 || bands > MOST) {
    throw privacyError({
      code: 'privacy.badParameter',
      message: `Bands are a whole number from 1 to ${MOST}, not ${String(bands)}.`,
      data: { parameter: 'bands' },
    });
  }
  const coefficients = new Float64Array(bands).fill(1);
  for (let j = 1; j < bands; j++) coefficients[j] = coefficients[j - 1]! * (1 - 1 / (2 * j));
  const norm = Math.sqrt(coefficients.reduce((sum, c) => sum + c * c, 0));
  return coefficients.map((c) => c / norm);
}
