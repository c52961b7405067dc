import type { CompiledStep } from '@encryptech/onnx';
import { Tensor } from 'onnxruntime-common';
import type { Table } from '../data/table.ts';
import { learningError } from '../errors.ts';
import type { Loss } from './training-job.ts';

/** The targets of a micro-batch: a tensor that the step takes, and how to fill it. */
export interface LossTargets {
  /** int64 [batch] of classes, or float32 with one number an example. */
  tensor: Tensor;
  /** Writes the target of a row of the table at place `i` of the batch. */
  set(i: number, row: number): void;
}

/**
 * The targets of a table for a compiled step whose model has `outputs` outputs an example.
 *
 * @throws `learning.mismatch` when the loss isn't one for the table's task, or the model has another number of outputs
 * than the table has classes
 */
export function lossTargets(
  loss: Loss,
  { target }: Pick<CompiledStep, 'target'>,
  outputs: number,
  table: Table,
): LossTargets {
  const isClassification = table.task === 'classification';
  if (isClassification === (loss === 'mean-squared-error' || loss === 'huber')) {
    throw learningError({
      code: 'learning.mismatch',
      message: `The loss ${loss} does not fit a ${table.task}.`,
      hint: isClassification ? 'Use softmax-cross-entropy.' : 'Use mean-squared-error or huber.',
    });
  }
  const isBinary = loss === 'binary-cross-entropy-with-logits';
  if (isBinary && table.outputs !== 2) {
    throw learningError({
      code: 'learning.mismatch',
      message: `The loss ${loss} needs two classes; the table has ${table.outputs}.`,
      hint: 'Use softmax-cross-entropy.',
    });
  }
  const wanted = isBinary ? 1 : table.outputs;
  if (outputs !== wanted) {
    throw learningError({
      code: 'learning.mismatch',
      message: `${loss} on this table needs ${wanted} outputs an example; the model gives ${outputs}.`,
      data: { model: outputs, table: wanted },
    });
  }
  const [batch] = target.dims as number[];
  if (target.type === 'int64') {
    const classes = new BigInt64Array(batch!);
    return {
      tensor: new Tensor('int64', classes, [...(target.dims as number[])]),
      set: (i, row) => void (classes[i] = table.targets[row] as bigint),
    };
  }
  const values = new Float32Array(batch!);
  return {
    tensor: new Tensor('float32', values, [...(target.dims as number[])]),
    set: (i, row) => void (values[i] = Number(table.targets[row])),
  };
}
