import type { DiscreteLoss } from './discrete-loss.ts';
import { GAUSS_4, GAUSS_8 } from './gauss-legendre.ts';
import type { LossGrid } from './loss-source.ts';
import { logMixture, mixtureLoss, mixtureOutput, supLoss } from './mixture-loss.ts';
import type { MixturePair } from './mixture-pair.ts';
import type { OutputRange } from './output-range.ts';
import { probabilityBelow } from './probability-below.ts';

const INVERSE_SQRT_2PI = 0.3989422804014327;
/** In units of 1/(|x| + μ + 1), the scale on which the densities change: up to here 8 nodes leave an error below 1e-15. */
const WIDE = 2.5;
const NARROW = 0.1;

/**
 * The pair's loss distribution on the grid, rounded so that its hockey-stick curve is never below the true one and
 * equal to it at every grid point: between two grid points the probability is split so that both P and Q keep their mass
 * ("connect the dots": Doroshenko, Ghazi, Kamath, Kumar, Manurangsi 2022, arXiv 2207.04380).
 *
 * What lies outside of `range` or below `lossFloor` goes to a grid point above its loss, or to infinity.
 */
export function pessimisticLoss(
  pair: MixturePair,
  range: OutputRange,
  { interval, lossFloor }: LossGrid,
): DiscreteLoss {
  const first = Math.floor(Math.max(lossFloor, mixtureLoss(pair, range.from)) / interval);
  const last = Math.floor(mixtureLoss(pair, range.to) / interval);
  const mass = new Float64Array(last - first + 3);
  let left = Math.max(range.from, mixtureOutput(pair, first * interval));
  mass[1] = probabilityBelow(pair, left);
  for (let cell = first; cell <= last; cell++) {
    const right = cell === last ? range.to : Math.min(range.to, mixtureOutput(pair, (cell + 1) * interval));
    if (right > left) {
      splitCell(pair, interval, left, right, mass, first);
      left = right;
    }
  }
  const tail = Math.exp(range.logTail);
  // A loss with an upper bound has no infinite part, unless that bound lies far above what `range` reaches.
  const top = Math.ceil(supLoss(pair) / interval) - first;
  if (top >= mass.length) return { interval, first, mass, infinity: tail };
  mass[top] = mass[top]! + tail;
  return { interval, first, mass, infinity: 0 };
}

/** Adds the probability of outputs from `left` to `right` to the grid points around their losses. */
function splitCell(
  { mu, up, down }: MixturePair,
  interval: number,
  left: number,
  right: number,
  mass: Float64Array,
  first: number,
): void {
  const inverseStep = -1 / Math.expm1(-interval);
  const half = (mu * mu) / 2;
  for (let from = left; from < right;) {
    const scale = Math.abs(from) + mu + 1;
    const to = Math.min(right, from + WIDE / scale);
    const { nodes, weights } = (to - from) * scale <= NARROW ? GAUSS_4 : GAUSS_8;
    const centre = (from + to) / 2;
    const radius = (to - from) / 2;
    for (let n = 0; n < nodes.length; n++) {
      const x = centre + radius * nodes[n]!;
      const logP = logMixture(up, mu * x - half);
      const loss = logP - logMixture(down, -mu * x - half);
      const probability = radius * weights[n]! * INVERSE_SQRT_2PI * Math.exp(logP - (x * x) / 2);
      const cell = Math.max(first, Math.floor(loss / interval));
      // e^(-loss) is Q over P: this share above and the rest below keep both masses.
      const above = Math.min(1, Math.max(0, -Math.expm1(cell * interval - loss) * inverseStep));
      const at = cell - first;
      mass[at] = mass[at]! + probability * (1 - above);
      mass[at + 1] = mass[at + 1]! + probability * above;
    }
    from = to;
  }
}
