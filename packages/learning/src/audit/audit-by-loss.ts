import type { Table } from '../data/table.ts';
import { predict } from '../inference/predict.ts';
import { trainPrivately } from '../training/train-privately.ts';
import type { AttackOptions } from './audit-by-gradient.ts';
import { rowLosses } from './row-losses.ts';

/**
 * Scores of real units by what the released model loses on their first rows, the least loss first: a membership test on held-out
 * members. Of the units named in `chosen`, those whose coin fell so are left out of the training; job and optimiser are as
 * they are.
 *
 * @throws what `trainPrivately` throws
 */
export async function auditByLoss({
  job,
  table,
  engine,
  coins,
  root,
  chosen,
  ...watch
}: Omit<AttackOptions, 'plan'> & { readonly chosen: ArrayLike<number> }): Promise<Float64Array> {
  const heldOut = new Set(coins.flatMap((isIn, i) => (isIn ? [] : [chosen[i]!])));
  const kept: Table = { ...table, units: table.units.filter((_, unit) => !heldOut.has(unit)) };
  const { model } = await trainPrivately({ ...watch, job, table: kept, engine, root });
  const losses = rowLosses(job.loss, await predict(model, table, engine), table);
  return Float64Array.from(coins, (_, i) => -losses[table.units[chosen[i]!]![0]!]!);
}
