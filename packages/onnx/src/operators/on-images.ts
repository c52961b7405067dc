import type { Attribute } from '../graph/graph.ts';
import type { GradientCall, Operator, Value } from './operator.ts';

/**
 * A gradient rule for windows over images, made fit for signals too: [batch, channels, width] is seen as an image of height 1,
 * and the gradients are given back without that axis.
 */
export function onImages(vjp: NonNullable<Operator['vjp']>): NonNullable<Operator['vjp']> {
  return (call) => {
    if (call.inputs[0]!.dims.length !== 3) return vjp(call);
    return vjp(asImages(call)).map((name, i) =>
      name === undefined ? undefined : call.build.emit('Reshape', [name, call.build.ints(call.inputs[i]!.dims)]),
    );
  };
}

/** The call with its signals as images of height 1; a call on images as it is. */
export function asImages(call: GradientCall): GradientCall {
  if (call.inputs[0]!.dims.length !== 3) return call;
  const { build, node } = call;
  const image = (value: Value): Value => {
    if (value.dims.length !== 3) return value;
    const dims = value.dims.toSpliced(2, 0, 1);
    return { ...value, dims, name: build.emit('Reshape', [value.name, build.ints(dims)]) };
  };
  const withHeight: Readonly<Record<string, (list: readonly number[]) => readonly number[]>> = {
    kernel_shape: (list) => [1, ...list],
    strides: (list) => [1, ...list],
    dilations: (list) => [1, ...list],
    pads: ([before, after]) => [0, before!, 0, after!],
  };
  const attributes = [...node.attributes].map(([name, attribute]): [string, Attribute] => [
    name,
    attribute.kind === 'ints' && name in withHeight
      ? { kind: 'ints', value: withHeight[name]!(attribute.value) }
      : attribute,
  ]);
  const outputs = call.outputs.map(image);
  return {
    ...call,
    node: { ...node, attributes: new Map(attributes) },
    inputs: call.inputs.map((input) => (input === undefined ? undefined : image(input))),
    outputs,
    gradients: call.gradients.map((name, i) =>
      name === undefined ? undefined : build.emit('Reshape', [name, build.ints(outputs[i]!.dims)]),
    ),
  };
}
