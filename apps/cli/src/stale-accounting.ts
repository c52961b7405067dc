import { epsilonOf, RDP_ORDERS, rdpOf, type SampledGaussian } from '@encryptech/privacy';

type Run = SampledGaussian & { readonly delta: number };

/**
 * What accountants before 2020 printed for a run: Rényi divergences turned into epsilon by Mironov 2017 (arXiv 1702.07476,
 * Proposition 3). Sound, but above what is known today. Here to recognise such numbers, never to promise one.
 */
export const mironov2017Epsilon = ({ delta, ...run }: Run): number =>
  Math.min(...RDP_ORDERS.map((order) => rdpOf({ ...run, order }) - Math.log(delta) / (order - 1)));

/**
 * What a central-limit ("GDP") accountant prints: mu = q·√(steps·(e^(1/sigma²) − 1)) (Bu, Dong, Long, Su 2020, arXiv
 * 1911.11607). An approximation that is often below the truth: no promise. Here to recognise such numbers.
 */
export const centralLimitEpsilon = ({ sigma, q, steps, delta }: Run): number =>
  epsilonOf({
    sigma: 1 / (q * Math.sqrt(steps * Math.expm1(1 / sigma ** 2))),
    ...{ q: 1, steps: 1, delta, adjacency: 'add-or-remove-one', accountant: 'pld' },
  });
