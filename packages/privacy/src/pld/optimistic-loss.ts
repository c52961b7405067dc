import { cellMasses } from './cell-masses.ts';
import type { DiscreteLoss } from './discrete-loss.ts';
import type { LossGrid } from './loss-source.ts';
import { mixtureLoss, mixtureOutput } from './mixture-loss.ts';
import type { MixturePair } from './mixture-pair.ts';
import type { OutputRange } from './output-range.ts';
import { probabilityBelow } from './probability-below.ts';

/**
 * A loss distribution on the grid whose hockey-stick curve is never above the true one: outputs are merged into cells,
 * which only loses information, and the cells are cut so that ln P(cell)/Q(cell) falls on a grid point. Whatever does not
 * is rounded down; what lies outside of `range` or below `lossFloor` is left out.
 *
 * Together with the pessimistic one it brackets the truth: how far off a grid is, is measured, not believed.
 */
export function optimisticLoss(pair: MixturePair, range: OutputRange, { interval, lossFloor }: LossGrid): DiscreteLoss {
  const first = Math.floor(Math.max(lossFloor, mixtureLoss(pair, range.from)) / interval) - 1;
  const last = Math.floor(mixtureLoss(pair, range.to) / interval) + 1;
  const mass = new Float64Array(last - first + 1);
  // The lowest outputs make one cell with all below them; their losses are as good as alike.
  let left = Math.max(range.from, mixtureOutput(pair, (first + 1) * interval));
  let start = { p: probabilityBelow(pair, left), q: probabilityBelow({ mu: -pair.mu, up: pair.down }, left) };
  while (left < range.to) {
    const { right, p, q } = cutCell(pair, interval, left, range.to, start);
    const at = Math.floor(Math.log(p / q) / interval + 1e-7) - first;
    if (at >= 0 && at < mass.length) mass[at] = mass[at]! + p;
    left = right;
    start = { p: 0, q: 0 };
  }
  return { interval, first, mass, infinity: 0 };
}

/** The cell from `left` on, with what `start` adds, whose log ratio is the next grid point; it ends at `end` if none is reached. */
function cutCell(
  pair: MixturePair,
  interval: number,
  left: number,
  end: number,
  start: { p: number; q: number },
): { right: number; p: number; q: number } {
  const edge = start.p > 0 ? Math.log(start.p / start.q) : mixtureLoss(pair, left);
  const target = (Math.floor(edge / interval + 1e-6) + 1) * interval;
  const upTo = (right: number) => {
    const { p, q } = cellMasses(pair, left, right);
    return { right, p: start.p + p, q: start.q + q };
  };
  // The output that reaches the target has a loss above it; double the excess until the cell does.
  let low = left;
  let reach = Math.max(interval, target - edge);
  let high = Math.min(end, mixtureOutput(pair, target + reach));
  let cell = upTo(high);
  while (Math.log(cell.p / cell.q) < target && high < end) {
    low = high;
    reach *= 2;
    high = Math.min(end, mixtureOutput(pair, target + reach));
    cell = upTo(high);
  }
  // Down to a ratio at the target or a millionth of an interval above it.
  for (let i = 0; i < 60 && Math.log(cell.p / cell.q) > target + 1e-6 * interval; i++) {
    const middle = (low + high) / 2;
    const probe = upTo(middle);
    if (Math.log(probe.p / probe.q) < target) low = middle;
    else {
      high = middle;
      cell = probe;
    }
  }
  return cell;
}
