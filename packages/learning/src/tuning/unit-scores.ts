import type { Table } from '../data/table.ts';
import { labelOf } from '../inference/label-of.ts';
import type { Predictions } from '../inference/predict.ts';

/**
 * How well each unit is predicted, from 0 to 1, as the mean over its rows: 1 for the right class and 0 for another; for a
 * regression 1 less the error, where half the target's public range and more is an error of 1.
 */
export function unitScores(
  { values, width }: Predictions,
  { task, targets, units }: Pick<Table, 'task' | 'targets' | 'units'>,
): Float64Array {
  const scoreOf = (row: number): number => {
    const outputs = values.subarray(row * width, (row + 1) * width);
    if (task === 'classification') return labelOf(outputs) === Number(targets[row]) ? 1 : 0;
    const error = Math.abs(outputs[0]! - Number(targets[row]));
    return error < 1 ? 1 - error : 0;
  };
  return Float64Array.from(units, (rows) => rows.reduce((sum, row) => sum + scoreOf(row), 0) / rows.length);
}
