import type { Builder } from '../build/builder.ts';
import { floatAttribute } from '../build/builder.ts';
import { attribute } from '../graph/attributes.ts';
import { elementCount } from '../graph/element-count.ts';
import type { Node } from '../graph/graph.ts';
import { nodeError } from '../graph/node-error.ts';
import { floatTensor, tensorValues } from '../graph/tensor.ts';
import { broadcastPerExample, sumToShape } from './broadcast.ts';
import type { Call, GradientCall, Operator, ShapeCall, Value } from './operator.ts';

/** How the input of a normalisation is looked at. All shapes are of one tensor's elements in row-major order. */
export interface Layout {
  /** The last axis is what is normalised together. */
  readonly rows: readonly number[];
  /** Where scale and bias are applied. */
  readonly view: readonly number[];
  /** Shape of scale and bias that broadcasts to `view`. */
  readonly affine: readonly number[];
}

/** What is special about a normalisation with statistics of each example alone. */
export interface Normalization {
  readonly op: string;
  readonly inputs: Operator['inputs'];
  readonly attributes: readonly string[];
  readonly check?: Operator['check'];
  /** Throws `onnx.shape` where shapes don't fit. */
  layout(call: ShapeCall): Layout;
  /** Whether the batch on this axis would be normalised over. */
  mixes(call: ShapeCall, batchAxis: number): boolean;
}

/**
 * The table entry of a normalisation: x̂ = (x − mean) / √(variance + ε) over the rows of {@link Layout}, then x̂ · scale + bias.
 *
 * With d = 1 / √(variance + ε) and h the gradient by x̂, that by x is d · (h − mean h − x̂ · mean(h · x̂)).
 */
export function normalization({ op, inputs, attributes, check, layout, mixes }: Normalization): Operator {
  const scaled = (call: Call) => !isEvery(call.inputs[1], 1);
  const byScale = (call: GradientCall): string => {
    const { build } = call;
    const { view } = layout(call);
    return build.emit('Mul', [shaped(build, call.gradients[0]!, view), shaped(build, normalised(call).hat, view)]);
  };
  const byBias = (call: GradientCall): string => shaped(call.build, call.gradients[0]!, layout(call).view);
  const normalised = (call: Call & { build: Builder }) => normalise(call, layout(call).rows);
  return {
    op,
    inputs,
    attributes,
    ...(check === undefined ? {} : { check }),
    shape(call) {
      for (const input of call.inputs) {
        if (input !== undefined && input.type !== 'float32')
          throw nodeError(call.node, 'onnx.unsupportedType', `takes float32, not ${input.type}`);
      }
      const { affine } = layout(call);
      const odd = call.inputs
        .slice(1)
        .find((input) => input !== undefined && elementCount(input.dims) !== elementCount(affine));
      if (odd !== undefined)
        throw nodeError(call.node, 'onnx.shape', `"${odd.name}" of shape [${odd.dims.join(', ')}] doesn't fit`);
      return [{ type: 'float32', dims: call.inputs[0]!.dims }];
    },
    batch(call) {
      const [x, ...parameters] = call.inputs;
      if (x!.batchAxis === null || parameters.some((input) => input !== undefined && input.batchAxis !== null))
        throw nodeError(call.node, 'onnx.mixesBatch', 'takes the batch as scale or bias');
      if (mixes(call, x!.batchAxis)) throw nodeError(call.node, 'onnx.mixesBatch', 'normalises over the batch');
      return [x!.batchAxis];
    },
    flops: ({ outputs }) => {
      const elements = elementCount(outputs[0]!.dims);
      return { forward: 8 * elements, gradients: [10 * elements, 2 * elements, elements] };
    },
    lower: (call, build) => {
      const { view, affine } = layout(call);
      let value = shaped(build, normalised({ ...call, build }).hat, view);
      const [, scale, bias] = call.inputs;
      if (scaled(call)) value = build.emit('Mul', [value, shaped(build, scale!.name, affine)]);
      if (bias !== undefined && !isEvery(bias, 0)) value = build.emit('Add', [value, shaped(build, bias.name, affine)]);
      return [shaped(build, value, call.outputs[0]!.dims)];
    },
    vjp: (call) => {
      const { build, wants } = call;
      const { view, affine } = layout(call);
      const total = (local: string, input: Value) => shaped(build, sumToShape(build, local, view, affine), input.dims);
      return [
        wants[0] ? byInput(call, layout(call), scaled(call)) : undefined,
        wants[1] ? total(byScale(call), call.inputs[1]!) : undefined,
        wants[2] ? total(byBias(call), call.inputs[2]!) : undefined,
      ];
    },
    perExample: (call, input) => {
      if (input === 0) throw nodeError(call.node, 'onnx.notDifferentiable', 'normalises a parameter');
      const { view, affine } = layout(call);
      const batchAxis = sameAxis(call, view);
      const aligned: GradientCall = {
        ...call,
        outputs: [{ ...call.outputs[0]!, dims: view, batchAxis }],
        inputs: call.inputs.with(input, { ...call.inputs[input]!, dims: affine }),
      };
      const rule = broadcastPerExample(aligned, input, () => (input === 1 ? byScale(call) : byBias(call)));
      const { gradients, ...cost } = rule.materialise;
      const dims = [view[batchAxis]!, ...call.inputs[input]!.dims];
      return { materialise: { ...cost, gradients: () => shaped(call.build, gradients(), dims) } };
    },
  };
}

/** The attribute that all normalisations share. */
export const epsilonOf = (node: Node): number => attribute(node, 'epsilon', 'float') ?? 1e-5;

const shaped = (build: Builder, name: string, dims: readonly number[]): string =>
  build.emit('Reshape', [name, build.ints(dims)]);

/** The batch axis of the output, as an axis of `view`: axes before it are the same in both. */
const sameAxis = (call: Call, view: readonly number[]): number => {
  const axis = call.outputs[0]!.batchAxis!;
  if (view[axis] !== call.outputs[0]!.dims[axis])
    throw nodeError(call.node, 'onnx.notDifferentiable', 'moves the batch');
  return axis;
};

/** Whether the value is a constant (no parameter that trains), all of it one number: so exporters write that there is none. */
const isEvery = (value: Value | undefined, number: number): boolean =>
  value?.constant !== undefined && tensorValues(value.constant).every((entry) => entry === number);

/** x̂ in the shape `rows`, and 1 / √(variance + ε) with the last axis as 1. Asked twice, the same nodes. */
function normalise({ build, node, inputs }: Call & { build: Builder }, rows: readonly number[]) {
  const ones = build.constant(floatTensor([rows.at(-1)!], new Float32Array(rows.at(-1)!).fill(1)));
  const x = shaped(build, inputs[0]!.name, rows);
  const [hat, , inverse] = build.emitAll('LayerNormalization', [x, ones], 3, {
    axis: rows.length - 1,
    epsilon: floatAttribute(epsilonOf(node)),
  });
  return { hat: hat!, inverse: inverse! };
}

function byInput(call: GradientCall, { rows, view, affine }: Layout, isScaled: boolean): string {
  const { build, inputs, gradients } = call;
  const { hat, inverse } = normalise(call, rows);
  const local = isScaled
    ? build.emit('Mul', [shaped(build, gradients[0]!, view), shaped(build, inputs[1]!.name, affine)])
    : gradients[0]!;
  const h = shaped(build, local, rows);
  const mean = (value: string) => build.emit('ReduceMean', [value, build.ints([rows.length - 1])], { keepdims: 1 });
  const along = build.emit('Mul', [hat, mean(build.emit('Mul', [h, hat]))]);
  const rest = build.emit('Sub', [build.emit('Sub', [h, along]), mean(h)]);
  return shaped(build, build.emit('Mul', [rest, inverse]), inputs[0]!.dims);
}
