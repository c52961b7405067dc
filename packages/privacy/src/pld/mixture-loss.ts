import type { MixturePair } from './mixture-pair.ts';

/** ln(1 − weight + weight·e^exponent) without cancellation or overflow. */
export function logMixture(weight: number, exponent: number): number {
  if (weight === 0) return 0;
  if (weight === 1) return exponent;
  if (exponent > 30) return Math.log(weight) + exponent + Math.log1p(((1 - weight) / weight) * Math.exp(-exponent));
  return Math.log1p(weight * Math.expm1(exponent));
}

/** The privacy loss ln P(x)/Q(x) at output x. */
export const mixtureLoss = ({ mu, up, down }: MixturePair, x: number): number =>
  logMixture(up, mu * x - (mu * mu) / 2) - logMixture(down, -mu * x - (mu * mu) / 2);

/** The largest loss, Infinity when there is none. */
export const supLoss = ({ up, down }: MixturePair): number => (up > 0 ? Number.POSITIVE_INFINITY : -Math.log1p(-down));

/** The output whose loss is `loss`: the inverse of {@link mixtureLoss}, ±Infinity beyond its range. */
export function mixtureOutput(pair: MixturePair, loss: number): number {
  const { mu, up, down } = pair;
  if (down === 0) return (exponentOf(up, loss) + (mu * mu) / 2) / mu;
  if (up === 0) return -(exponentOf(down, -loss) + (mu * mu) / 2) / mu;
  if (loss === 0) return 0;
  // up = down here, so the loss is an odd function of the output.
  if (loss < 0) return -mixtureOutput(pair, -loss);
  // With w = e^(μx − μ²/2): up·w² − (1−up)(e^loss − 1)·w − e^(loss − μ²)·up = 0, whose positive root is taken in logarithms.
  const rest = (1 - up) * -Math.expm1(-loss);
  const logW = loss + Math.log((rest + Math.sqrt(rest * rest + 4 * up * up * Math.exp(-mu * mu - loss))) / (2 * up));
  return (logW + (mu * mu) / 2) / mu;
}

/** The exponent at which {@link logMixture} is `value`. */
function exponentOf(weight: number, value: number): number {
  if (weight === 1) return value;
  if (value > 30) return value - Math.log(weight) + Math.log1p(-(1 - weight) * Math.exp(-value));
  const ratio = Math.expm1(value) / weight;
  return ratio <= -1 ? Number.NEGATIVE_INFINITY : Math.log1p(ratio);
}
