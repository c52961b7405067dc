import { floatAttribute } from '../build/builder.ts';
import { attribute } from '../graph/attributes.ts';
import { elementCount } from '../graph/element-count.ts';
import { nodeError } from '../graph/node-error.ts';
import { broadcastPerExample, sumToShape } from './broadcast.ts';
import type { GradientCall, Operator } from './operator.ts';

/**
 * Frozen batch normalisation: scale · (x − mean) / √(variance + ε) + bias by channel, with stored mean and variance.
 *
 * In training mode mean and variance are those of the batch, so every example would see every other: refused.
 */
export const batchNormalization: Operator = {
  op: 'BatchNormalization',
  inputs: [5, 5],
  outputs: [1, 3],
  untrained: [3, 4],
  attributes: ['epsilon', 'momentum', 'training_mode'],
  check(node) {
    if ((attribute(node, 'training_mode', 'int') ?? 0) !== 0 || node.outputs.length > 1) {
      throw nodeError(
        node,
        'onnx.mixesBatch',
        'normalises with mean and variance of the batch (training mode)',
        'Use group or layer normalisation, or export the model in evaluation mode',
      );
    }
  },
  shape({ node, inputs }) {
    const [x, ...channels] = inputs;
    const { type, dims } = x!;
    if (type !== 'float32') throw nodeError(node, 'onnx.unsupportedType', `takes float32, not ${type}`);
    if (dims.length < 2) throw nodeError(node, 'onnx.shape', `takes [batch, channels, …], not [${dims.join(', ')}]`);
    const odd = channels.find((input) => input!.dims.length !== 1 || input!.dims[0] !== dims[1]);
    if (odd !== undefined)
      throw nodeError(node, 'onnx.shape', `"${odd.name}" has not one entry a channel (${dims[1]})`);
    return [{ type, dims }];
  },
  batch({ node, inputs }) {
    const [x, ...channels] = inputs;
    if (x!.batchAxis === null || x!.batchAxis === 1 || channels.some((input) => input!.batchAxis !== null)) {
      throw nodeError(node, 'onnx.mixesBatch', 'takes the batch as channels');
    }
    return [x!.batchAxis];
  },
  flops: ({ outputs }) => {
    const elements = elementCount(outputs[0]!.dims);
    return { forward: 4 * elements, gradients: [elements, 4 * elements, elements] };
  },
  lower: ({ node, inputs }, build) => [
    build.emit(
      'BatchNormalization',
      inputs.map((input) => input!.name),
      { epsilon: floatAttribute(epsilonOf(node)) },
    ),
  ],
  vjp: (call) => {
    const { build, inputs, outputs, wants } = call;
    const gradient = call.gradients[0]!;
    const byChannel = (local: string) =>
      build.emit('Reshape', [
        sumToShape(build, local, outputs[0]!.dims, channelDims(call)),
        build.ints(inputs[1]!.dims),
      ]);
    const scale = build.emit('Div', [asChannels(call, inputs[1]!.name), deviation(call)]);
    return [
      wants[0] ? build.emit('Mul', [gradient, scale]) : undefined,
      wants[1] ? byChannel(byScale(call)) : undefined,
      wants[2] ? byChannel(gradient) : undefined,
    ];
  },
  perExample: (call, input) => {
    if (input === 0) throw nodeError(call.node, 'onnx.notDifferentiable', 'normalises a parameter');
    const local = () => (input === 1 ? byScale(call) : call.gradients[0]!);
    const shaped = { ...call.inputs[input]!, dims: channelDims(call) };
    return broadcastPerExample({ ...call, inputs: call.inputs.with(input, shaped) }, input, local);
  },
};

const epsilonOf = (node: GradientCall['node']): number => attribute(node, 'epsilon', 'float') ?? 1e-5;

/** [channels, 1, …]: aligns with the input's channels. */
const channelDims = ({ inputs }: GradientCall): number[] => [
  inputs[0]!.dims[1]!,
  ...inputs[0]!.dims.slice(2).map(() => 1),
];

const asChannels = (call: GradientCall, name: string): string =>
  call.build.emit('Reshape', [name, call.build.ints(channelDims(call))]);

const deviation = (call: GradientCall): string => {
  const { build, node, inputs } = call;
  const variance = build.emit('Add', [inputs[4]!.name, build.scalar(epsilonOf(node))]);
  return asChannels(call, build.emit('Sqrt', [variance]));
};

/** The output's gradient times the normalised input. */
function byScale(call: GradientCall): string {
  const { build, inputs, gradients } = call;
  const centred = build.emit('Sub', [inputs[0]!.name, asChannels(call, inputs[3]!.name)]);
  return build.emit('Mul', [gradients[0]!, build.emit('Div', [centred, deviation(call)])]);
}
