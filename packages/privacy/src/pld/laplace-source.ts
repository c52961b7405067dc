import type { CoarseLoss } from './coarse-loss.ts';
import type { DiscreteLoss } from './discrete-loss.ts';
import type { LossGrid, LossSource } from './loss-source.ts';
import { splitAtom } from './split-atom.ts';

const COARSE_CELLS = 2_000;

/**
 * The loss of one Laplace mechanism whose output moves by `shift` noise scales: s = shift with probability ½, −s with
 * probability ½·e^(−s), and between them the density ¼·e^((l − s)/2) (Sommer, Meiser, Mohammadi 2019, "Privacy Loss
 * Classes", section 5). The same in both directions.
 */
export const laplaceSource = (shift: number): LossSource => ({
  sup: shift,
  coarse: () => coarse(shift),
  discretise: (grid) => discretise(shift, grid),
});

function coarse(shift: number): CoarseLoss {
  const losses = new Float64Array(COARSE_CELLS + 2);
  const logProbabilities = new Float64Array(COARSE_CELLS + 2);
  losses[0] = -shift;
  logProbabilities[0] = -Math.LN2 - shift;
  const step = (2 * shift) / COARSE_CELLS;
  for (let i = 0; i < COARSE_CELLS; i++) {
    const loss = -shift + (i + 0.5) * step;
    losses[i + 1] = loss;
    logProbabilities[i + 1] = (loss - shift) / 2 + Math.log(step / 4);
  }
  losses[COARSE_CELLS + 1] = shift;
  logProbabilities[COARSE_CELLS + 1] = -Math.LN2;
  return { losses, logProbabilities };
}

function discretise(shift: number, { interval, lossFloor }: LossGrid): DiscreteLoss {
  const first = Math.floor(Math.max(lossFloor, -shift) / interval);
  const last = Math.floor(shift / interval);
  const mass = new Float64Array(last - first + 2);
  splitAtom(mass, first, interval, -shift, Math.exp(-shift) / 2);
  for (let cell = first; cell <= last; cell++) {
    const at = cell - first;
    const bottom = cell === first ? -shift : Math.max(-shift, cell * interval);
    const top = Math.min(shift, (cell + 1) * interval);
    if (top <= bottom) continue;
    const probability = 0.5 * Math.exp((bottom - shift) / 2) * Math.expm1((top - bottom) / 2);
    // ∫ ¼·e^((l − s)/2)·(1 − e^(a − l)) dl over the part of the cell above its lower grid point a.
    const edge = cell * interval;
    const from = Math.max(0, bottom - edge);
    const to = top - edge;
    const lifted = 2 * Math.exp((edge - shift) / 2) * Math.sinh((to + from) / 4) * Math.sinh((to - from) / 4);
    const above = Math.min(probability, lifted / -Math.expm1(-interval));
    mass[at] = mass[at]! + probability - above;
    mass[at + 1] = mass[at + 1]! + above;
  }
  splitAtom(mass, first, interval, shift, 0.5);
  return { interval, first, mass, infinity: 0 };
}
