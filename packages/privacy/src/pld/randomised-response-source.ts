import type { LossGrid, LossSource } from './loss-source.ts';
import { splitAtom } from './split-atom.ts';

/**
 * The loss of one answer that is the truth with probability e^ε/(e^ε + k − 1) and each of the k − 1 other categories with
 * probability 1/(e^ε + k − 1) (Warner 1965; Kairouz, Bonawitz, Ramage 2016, arXiv 1602.07387), when the truth changes.
 */
export function randomisedResponseSource(epsilon: number, categories: number): LossSource {
  const other = 1 / (Math.exp(epsilon) + categories - 1);
  const atoms = [
    { loss: -epsilon, probability: other },
    { loss: 0, probability: (categories - 2) * other },
    { loss: epsilon, probability: 1 - (categories - 1) * other },
  ].filter(({ probability }) => probability > 0);
  return {
    sup: epsilon,
    coarse: () => ({
      losses: Float64Array.from(atoms, ({ loss }) => loss),
      logProbabilities: Float64Array.from(atoms, ({ probability }) => Math.log(probability)),
    }),
    discretise: ({ interval, lossFloor }: LossGrid) => {
      const first = Math.floor(Math.max(lossFloor, -epsilon) / interval);
      const mass = new Float64Array(Math.floor(epsilon / interval) - first + 2);
      for (const { loss, probability } of atoms) splitAtom(mass, first, interval, loss, probability);
      return { interval, first, mass, infinity: 0 };
    },
  };
}
