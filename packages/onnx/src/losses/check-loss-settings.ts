import { onnxError } from '../errors.ts';
import type { Value } from '../operators/operator.ts';
import type { Loss, LossSettings } from './loss.ts';

/** Weights and deltas beyond this leave what float32 gradients can hold. */
const MOST = 1e6;

/**
 * Returns when the settings are ones that the loss takes for outputs of this shape.
 *
 * @throws `onnx.badRequest`
 */
export function checkLossSettings(loss: Loss, output: Value, { huberDelta, classWeights }: LossSettings): void {
  const isUsable = (value: number) => value >= 1 / MOST && value <= MOST;
  if (huberDelta !== undefined && !(loss.name === 'huber' && isUsable(huberDelta))) {
    throw bad('A Huber delta is a number from 1e-6 to 1e6, for the loss "huber" alone.');
  }
  if (classWeights === undefined) return;
  const classes = loss.classes?.(output);
  if (classes === undefined) throw bad(`The loss "${loss.name}" has no classes, so it takes no class weights.`);
  if (classWeights.length !== classes || !classWeights.every(isUsable)) {
    throw bad(`Class weights are ${classes} numbers from 1e-6 to 1e6, one a class; ${classWeights.length} are given.`);
  }
}

const bad = (message: string) => onnxError({ code: 'onnx.badRequest', message });
