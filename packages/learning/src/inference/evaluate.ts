import type { Table } from '../data/table.ts';
import type { Engine } from '../engine/engine.ts';
import { learningError } from '../errors.ts';
import { labelOf } from './label-of.ts';
import { predict } from './predict.ts';

/** How well a model does on rows whose answers are known. */
export type Evaluation =
  /** `accuracy` is the share of rows whose largest logit (of one logit: its sign) is the label. */
  | { task: 'classification'; rows: number; accuracy: number }
  /** `rmse` is the root of the mean squared error, in the unit of the target column. */
  | { task: 'regression'; rows: number; rmse: number };

/**
 * The model's quality on a table, without noise: for the developer's own rows. On private rows the figure would be a
 * release that nothing accounts for.
 *
 * @throws `learning.mismatch` when the model doesn't fit the table, and what {@link predict} throws
 */
export async function evaluate(model: Uint8Array, table: Table, engine: Engine): Promise<Evaluation> {
  const { values, rows, width } = await predict(model, table, engine);
  const single = width === 1 && (table.task === 'regression' || table.outputs === 2);
  if (width !== table.outputs && !single) {
    throw learningError({
      code: 'learning.mismatch',
      message: `The model gives ${width} outputs; the table needs ${table.outputs}.`,
      hint: 'Read the rows with the schema that the model was trained for.',
      data: { model: width, table: table.outputs },
    });
  }
  if (table.task === 'regression') {
    let squares = 0;
    for (let row = 0; row < rows; row++) squares += (values[row]! - Number(table.targets[row])) ** 2;
    return { task: 'regression', rows, rmse: table.targetScale * Math.sqrt(squares / rows) };
  }
  let right = 0;
  for (let row = 0; row < rows; row++) {
    const logits = values.subarray(row * width, (row + 1) * width);
    if (labelOf(logits) === Number(table.targets[row])) right++;
  }
  return { task: 'classification', rows, accuracy: right / rows };
}
