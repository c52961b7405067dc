/**
 * The Rényi divergence of order α > 1 of one Laplace mechanism whose output moves by `shift` noise scales, in nats
 * (Mironov 2017, arXiv 1702.07476, Proposition 6), in a form that does not overflow.
 */
export function laplaceRdp(shift: number, order: number): number {
  const share = order / (2 * order - 1);
  // ln(α/(2α−1)·e^((α−1)s) + (α−1)/(2α−1)·e^(−αs)), its first exponential taken out.
  return shift + Math.log(share + (1 - share) * Math.exp((1 - 2 * order) * shift)) / (order - 1);
}
