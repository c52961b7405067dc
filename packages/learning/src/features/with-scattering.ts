import { inferShapes, type Graph } from '@encryptech/onnx';
import { learningError } from '../errors.ts';
import { newScattering } from './new-scattering.ts';
import { splitFrozen } from './split-frozen.ts';

/**
 * The model of pictures that has the scattering coefficients of {@link newScattering} before `head`, whose input must be as many
 * numbers: 81 · (height / 4) · (width / 4). One graph from pixels to what the head says; the coefficients' part never trains.
 *
 * @throws `learning.badFeatures` for pictures that scattering does not take; `learning.mismatch` for a head of another width
 */
export function withScattering(head: Graph, { height, width }: { height: number; width: number }): Graph {
  const { frozen } = splitFrozen(newScattering({ height, width, outputs: 1 }), (name) => name.startsWith('head'))!;
  const features = frozen.outputs[0]!;
  const input = head.inputs[0]!;
  const taken = inferShapes(head, { batch: 1 }).get(input.name)!;
  if (
    head.inputs.length !== 1 ||
    taken.type !== 'float32' ||
    taken.dims.length !== 2 ||
    taken.dims[1] !== features.dims[1]
  ) {
    throw learningError({
      code: 'learning.mismatch',
      message: `A model on scattering features of these pictures takes [batch, ${features.dims[1]}] numbers; this one takes [${taken.dims.join(', ')}].`,
      hint: `encryptech model new mlp --inputs ${features.dims[1]}, or a whole one: encryptech model new scattering`,
    });
  }
  const names = new Set(frozen.nodes.flatMap(({ outputs }) => outputs).concat(frozen.inputs[0]!.name));
  const own = [...head.initializers.keys(), ...head.nodes.flatMap(({ outputs }) => outputs)];
  // Names of the head are kept, since parameters are known by them; those before it give way.
  const clash = own.some((name) => names.has(name)) || names.has(input.name);
  const renamed = (name: string): string => (clash && name !== '' ? `scattering of ${name}` : name);
  const nodes = frozen.nodes.map((node) => ({
    ...node,
    inputs: node.inputs.map(renamed),
    outputs: node.outputs.map(renamed),
  }));
  const joined = (name: string): string => (name === input.name ? renamed(features.name) : name);
  return {
    ...head,
    name: `scattering ${head.name}`,
    nodes: [...nodes, ...head.nodes.map((node) => ({ ...node, inputs: node.inputs.map(joined) }))],
    inputs: [{ ...frozen.inputs[0]!, name: renamed(frozen.inputs[0]!.name) }],
  };
}
