import type { Builder } from '../build/builder.ts';
import type { DataType } from '../graph/data-type.ts';
import type { Value } from '../operators/operator.ts';

/** The losses of SPEC: names as a training specification has them. */
export type LossName = 'softmax-cross-entropy' | 'binary-cross-entropy-with-logits' | 'mean-squared-error' | 'huber';

/** Public constants of a loss. */
export interface LossSettings {
  /** Where `huber` turns from a square into a line; 1 when left out. */
  readonly huberDelta?: number | undefined;
  /** What the loss of an example counts, by its class. All 1 when left out. */
  readonly classWeights?: readonly number[] | undefined;
}

/** What a loss emits, given the model's output [batch, …] and the target. */
export interface EmittedLoss {
  /** Name of the loss of each example, [batch]. */
  readonly loss: string;
  /** Name of the gradient of each example's loss by the model's output, in its shape. */
  readonly gradient: string;
  /** Name of a bool [batch]: false for an example whose target is out of range. Left out: no target is. */
  readonly valid?: string;
}

/** One loss. The losses of two examples have nothing to do with each other. */
export interface Loss {
  readonly name: LossName;
  readonly targetType: DataType;
  /** The target's shape for an output of this shape; throws `onnx.badRequest` for outputs that the loss doesn't take. */
  targetDims(output: Value): readonly number[];
  /** Floating-point operations, gradient included. */
  flops(output: Value): number;
  emit(build: Builder, output: Value, target: string, settings: LossSettings): EmittedLoss;
  /** Number of classes for outputs of this shape; left out for a loss without classes, which takes no class weights. */
  classes?(output: Value): number;
}
