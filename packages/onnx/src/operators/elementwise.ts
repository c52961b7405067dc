import type { Builder } from '../build/builder.ts';
import { elementCount } from '../graph/element-count.ts';
import { nodeError } from '../graph/node-error.ts';
import type { Call, GradientCall, Operator } from './operator.ts';

/** What is special about an operator that works on each element of one float tensor by itself. */
export interface Elementwise {
  readonly op: string;
  readonly attributes?: readonly string[];
  /** Floating-point operations an element, forward and for the gradient. */
  readonly flops: readonly [number, number];
  /** Refuses attribute values. */
  readonly check?: Operator['check'];
  readonly lower?: (call: Call, build: Builder) => readonly string[];
  /** The gradient by the input: `gradient` times the derivative at each element. */
  gradient(call: GradientCall, gradient: string): string;
}

/** The table entry of an elementwise operator with one input. */
export function elementwise({ op, attributes = [], flops, check, lower, gradient }: Elementwise): Operator {
  return {
    op,
    inputs: [1, 1],
    attributes,
    ...(check === undefined ? {} : { check }),
    ...(lower === undefined ? {} : { lower }),
    shape({ node, inputs }) {
      const { type, dims } = inputs[0]!;
      if (type !== 'float32') throw nodeError(node, 'onnx.unsupportedType', `takes float32, not ${type}`);
      return [{ type, dims }];
    },
    batch: ({ inputs }) => [inputs[0]!.batchAxis],
    flops: ({ outputs }) => {
      const elements = elementCount(outputs[0]!.dims);
      return { forward: flops[0] * elements, gradients: [flops[1] * elements] };
    },
    vjp: (call) => [gradient(call, call.gradients[0]!)],
    // Rows of per-example gradients broadcast against the one forward value.
    lift: { isometric: false, gradients: (call, gradients) => gradient(call, gradients) },
  };
}
