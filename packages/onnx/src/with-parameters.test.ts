import { expect, it } from 'vitest';
import { floatValues } from './graph/tensor.ts';
import { newMlp } from './new-mlp.ts';
import { readModel } from './read-model.ts';
import { withParameters } from './with-parameters.ts';
import { writeModel } from './write-model.ts';

const graph = newMlp({ inputs: 2, hidden: [], outputs: 2, activation: 'relu', seed: new Uint8Array() });

it('withParameters changes what it is given and keeps the rest, through a file', () => {
  const values = new Map([['0.bias', Float32Array.of(3, -4)]]);
  const changed = readModel(writeModel(withParameters(graph, values)));
  expect([...floatValues(changed.initializers.get('0.bias')!)]).toEqual([3, -4]);
  expect(changed.initializers.get('0.weight')).toEqual(graph.initializers.get('0.weight'));
  expect(changed.nodes).toEqual(graph.nodes);
  values.get('0.bias')![0] = 9;
  expect(floatValues(changed.initializers.get('0.bias')!)[0]).toBe(3);
});

it.each([
  ['a name that is not there', 'bias', 2],
  ['too few values', '0.bias', 1],
])('withParameters refuses %s', (_, name, length) => {
  expect(() => withParameters(graph, new Map([[name, new Float32Array(length)]]))).toThrow(
    expect.objectContaining({ code: 'onnx.badRequest', place: `initializer "${name}"` }),
  );
});
