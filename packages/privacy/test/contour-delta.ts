/**
 * δ(ε) of `steps` steps of the Poisson-subsampled Gaussian under removal of a unit, by a method that shares nothing with
 * the accountant: (1 − e^(ε−L))₊ is the integral of e^(z(L−ε))/(z(z+1)) over a vertical line of the complex plane, so δ is
 * that of M(z)^steps·e^(−zε)/(z(z+1)), where M(z) = E[e^(zL)] for one step, a sum over outputs. No grid of losses, no FFT.
 */
export function contourDelta({
  sigma,
  q,
  steps,
  epsilon,
  line,
}: {
  sigma: number;
  q: number;
  steps: number;
  epsilon: number;
  /** Real part of the line: any positive number below which the integrand falls fast; the result does not depend on it. */
  line: number;
}): number {
  const losses: number[] = [];
  const weights: number[] = [];
  const step = sigma / 24;
  for (let x = -12 * sigma; x <= 1 + 12 * sigma; x += step) {
    const logRatio = Math.log(1 - q + q * Math.exp((2 * x - 1) / (2 * sigma * sigma)));
    losses.push(logRatio);
    weights.push((step * Math.exp(logRatio - (x * x) / (2 * sigma * sigma))) / (sigma * Math.sqrt(2 * Math.PI)));
  }
  const spread = Math.sqrt(steps * losses.reduce((sum, loss, i) => sum + weights[i]! * loss * loss, 0));
  const du = 0.08 / spread;
  let total = 0;
  for (let k = 0; k < 20_000; k++) {
    const u = k * du;
    let [re, im] = [0, 0];
    for (let i = 0; i < losses.length; i++) {
      const size = weights[i]! * Math.exp(line * losses[i]!);
      re += size * Math.cos(u * losses[i]!);
      im += size * Math.sin(u * losses[i]!);
    }
    // ln of M(z)^steps·e^(−zε)/(z(z+1)), real and imaginary part.
    const logSize =
      steps * Math.log(Math.hypot(re, im)) -
      line * epsilon -
      Math.log(Math.hypot(line, u)) -
      Math.log(Math.hypot(line + 1, u));
    const phase = steps * Math.atan2(im, re) - u * epsilon - Math.atan2(u, line) - Math.atan2(u, line + 1);
    const term = Math.exp(logSize) * Math.cos(phase);
    total += k === 0 ? term / 2 : term;
    if (Math.exp(logSize) < 1e-9 * Math.abs(total)) break;
  }
  return (total * du) / Math.PI;
}
