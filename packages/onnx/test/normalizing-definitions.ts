import { attribute } from '../src/graph/attributes.ts';
import type { Node } from '../src/graph/graph.ts';
import { fill, size, type Array64, type Definition } from './array64.ts';

/** Normalisations by their definitions, each entry from the rows it belongs to. */

/** Normalises runs of `length` neighbouring entries, then applies scale and bias, which `own` picks for an index. */
function normalise(
  node: Node,
  [x, scale, bias]: readonly (Array64 | undefined)[],
  length: number,
  own: (index: readonly number[]) => number,
): Array64 {
  const epsilon = attribute(node, 'epsilon', 'float') ?? 1e-5;
  let place = 0;
  return fill(x!.dims, (index) => {
    const start = Math.floor(place / length) * length;
    const run = x!.data.subarray(start, start + length);
    const mean = run.reduce((sum, value) => sum + value, 0) / length;
    const variance = run.reduce((sum, value) => sum + (value - mean) ** 2, 0) / length;
    const normal = (x!.data[place++]! - mean) / Math.sqrt(variance + epsilon);
    const at = own(index);
    return normal * scale!.data[at]! + (bias?.data[at] ?? 0);
  });
}

export const normalizingDefinitions: Readonly<Record<string, Definition>> = {
  LayerNormalization: (node, inputs) => {
    const { dims } = inputs[0]!;
    const axis = ((attribute(node, 'axis', 'int') ?? -1) + dims.length) % dims.length;
    const inner = dims.slice(axis);
    return normalise(node, inputs, size(inner), (index) =>
      inner.reduce((place, dim, i) => place * dim + index[axis + i]!, 0),
    );
  },
  InstanceNormalization: (node, inputs) =>
    normalise(node, inputs, size(inputs[0]!.dims.slice(2)), ([, channel]) => channel!),
  GroupNormalization: (node, inputs) => {
    const { dims } = inputs[0]!;
    const groups = attribute(node, 'num_groups', 'int')!;
    const channels = dims[1]! / groups;
    const perGroup = inputs[1]!.dims[0] === groups;
    return normalise(node, inputs, channels * size(dims.slice(2)), ([, channel]) =>
      perGroup ? Math.floor(channel! / channels) : channel!,
    );
  },
};
