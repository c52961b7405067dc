import type { Table } from '../data/table.ts';
import type { Predictions } from '../inference/predict.ts';
import type { Loss } from '../training/training-job.ts';

/** The loss of each row, as training counts it but for class weights. */
export function rowLosses(
  loss: Loss,
  { values, width }: Predictions,
  { targets, rows }: Pick<Table, 'targets' | 'rows'>,
): Float64Array {
  return Float64Array.from({ length: rows }, (_, row) => {
    const outputs = values.subarray(row * width, (row + 1) * width);
    const target = Number(targets[row]);
    if (loss === 'softmax-cross-entropy') {
      const top = Math.max(...outputs);
      return top + Math.log(outputs.reduce((sum, z) => sum + Math.exp(z - top), 0)) - outputs[target]!;
    }
    const z = outputs[0]!;
    if (loss === 'binary-cross-entropy-with-logits')
      return Math.max(z, 0) - z * target + Math.log1p(Math.exp(-Math.abs(z)));
    return (z - target) ** 2;
  });
}
