const TWO_OVER_SQRT_PI = 1.1283791670955126;
const LOG_SQRT_PI = 0.5723649429247001;

/**
 * ln(e^(x²)·erfc(x)), the scaled complementary error function, for any real x; about 1e-15 relative to max(1, |result|).
 *
 * Below 1 by the series of erf whose terms are all positive (Abramowitz and Stegun 7.1.6); above it by Laplace's
 * continued fraction (7.1.14), whose depth follows x. Neither over- nor underflows.
 */
export function logErfcx(x: number): number {
  if (x < 1) {
    const square = x * x;
    return square + Math.log1p(-erfNear(x, square));
  }
  let tail = 0;
  for (let k = 10 + Math.ceil(160 / (x * x)); k >= 1; k--) tail = k / 2 / (x + tail);
  return -Math.log(x + tail) - LOG_SQRT_PI;
}

function erfNear(x: number, square: number): number {
  // erfc(-6) = 2 to the last bit.
  if (x < -6) return -1;
  let term = x;
  let sum = x;
  for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) {
    term *= (2 * square) / (2 * n + 1);
    sum += term;
  }
  return TWO_OVER_SQRT_PI * Math.exp(-square) * sum;
}
