import { attribute } from '../graph/attributes.ts';
import { nodeError } from '../graph/node-error.ts';
import { elementwise } from './elementwise.ts';
import type { GradientCall } from './operator.ts';

/** x · Φ(x) with the normal distribution function Φ, or with its tanh approximation (Hendrycks and Gimpel 2016). */
export const gelu = elementwise({
  op: 'Gelu',
  attributes: ['approximate'],
  check(node) {
    const approximate = attribute(node, 'approximate', 'string') ?? 'none';
    if (approximate !== 'none' && approximate !== 'tanh') {
      throw nodeError(node, 'onnx.unsupportedAttribute', `approximate "${approximate}" is not known`);
    }
  },
  flops: [16, 22],
  gradient: (call, gradient) => {
    const tanh = attribute(call.node, 'approximate', 'string') === 'tanh';
    return call.build.emit('Mul', [gradient, tanh ? slopeOfApproximation(call) : slope(call)]);
  },
});

/** Φ(x) + x·φ(x). */
function slope({ build, inputs }: GradientCall): string {
  const x = inputs[0]!.name;
  const times = (value: string, factor: number) => build.emit('Mul', [value, build.scalar(factor)]);
  const halved = times(build.emit('Erf', [times(x, Math.SQRT1_2)]), 0.5);
  const below = build.emit('Add', [halved, build.scalar(0.5)]);
  const bell = build.emit('Exp', [times(build.emit('Mul', [x, x]), -0.5)]);
  return build.emit('Add', [below, times(build.emit('Mul', [x, bell]), 1 / Math.sqrt(2 * Math.PI))]);
}

/** ½·(1 + t) + ½·x·(1 − t²)·√(2/π)·(1 + 3·0.044715·x²), t = tanh(√(2/π)·(x + 0.044715·x³)). */
function slopeOfApproximation({ build, inputs }: GradientCall): string {
  const x = inputs[0]!.name;
  const emit = (op: string, left: string, right: string | number) =>
    build.emit(op, [left, typeof right === 'number' ? build.scalar(right) : right]);
  const root = Math.sqrt(2 / Math.PI);
  const square = emit('Mul', x, x);
  const inner = emit('Mul', x, emit('Add', emit('Mul', square, root * 0.044715), root));
  const t = build.emit('Tanh', [inner]);
  const rest = build.emit('Sub', [build.scalar(1), emit('Mul', t, t)]);
  const turn = emit('Mul', x, emit('Add', emit('Mul', square, 3 * root * 0.044715), root));
  return emit('Mul', emit('Add', emit('Add', t, 1), emit('Mul', rest, turn)), 0.5);
}
