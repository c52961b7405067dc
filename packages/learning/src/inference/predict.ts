import { compileInference, readModel } from '@encryptech/onnx';
import type { Table } from '../data/table.ts';
import type { Engine } from '../engine/engine.ts';
import { checkWidth } from '../training/check-width.ts';
import { createExampleInput } from '../training/example-input.ts';

/** Rows of one graph call. */
export const PREDICT_BATCH = 256;

/** What a model says of each row: `values` is row-major, `rows` × `width`. */
export interface Predictions {
  values: Float32Array;
  rows: number;
  /** Outputs of one row: logits of the classes, or one number. */
  width: number;
}

/**
 * The model's raw outputs (logits; no softmax is applied) for every row of the table, in batches of 256.
 *
 * @throws `learning.mismatch` when the model takes another number of inputs; `learning.engineFailed`; `onnx.…`
 */
export async function predict(
  model: Uint8Array,
  table: Pick<Table, 'features' | 'width' | 'rows'>,
  engine: Engine,
): Promise<Predictions> {
  const graph = readModel(model);
  const batch = Math.min(PREDICT_BATCH, table.rows);
  const compiled = compileInference(graph, { batch });
  checkWidth(compiled.example.dims, table.width);
  const features = createExampleInput(compiled.example);
  const session = await engine.open(compiled.model);
  try {
    const input = { [compiled.inputs.example]: features.tensor };
    const width = compiled.output.dims.slice(1).reduce<number>((product, dim) => product * Number(dim), 1);
    const values = new Float32Array(table.rows * width);
    for (let row = 0; row < table.rows; row += batch) {
      features.set(0, table.features.subarray(row * table.width, Math.min(row + batch, table.rows) * table.width));
      const outputs = await session.run(input, [compiled.outputs.output]);
      const data = outputs[compiled.outputs.output]!.data as Float32Array;
      values.set(data.subarray(0, Math.min(data.length, values.length - row * width)), row * width);
    }
    return { values, rows: table.rows, width };
  } finally {
    await session.close();
  }
}
