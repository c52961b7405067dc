import { parseSchema } from '@encryptech/learning';
import { checkModel, newMlp, writeModel } from '@encryptech/onnx';
import { expect, test } from 'vitest';
import { graphWithFeatures } from './graph-with-features.ts';

const schemaOf = (channels: number) =>
  parseSchema({
    version: 1,
    name: 'pictures',
    columns: [
      { name: 'picture', type: 'image', height: 8, width: 12, channels },
      { name: 'class', type: 'category', values: ['a', 'b'] },
    ],
    target: { column: 'class', task: 'classification' },
  });
const head = writeModel(
  newMlp({ inputs: 81 * 2 * 3, hidden: [], outputs: 2, activation: 'tanh', seed: Uint8Array.of(1) }),
);

test('a head becomes a model of pictures of which the head alone trains', () => {
  const facts = checkModel(graphWithFeatures(head, 'scattering', schemaOf(1)));
  expect(facts.inputs[0]!.dims.slice(1)).toEqual([1, 8, 12]);
  expect(facts.parameters).toBe(checkModel(head).parameters);
});

test('nothing is put before a model when nothing is asked for', () => {
  expect(graphWithFeatures(head, undefined, schemaOf(1))).toBe(head);
});

test('rows that are no grey pictures are refused', () => {
  expect(() => graphWithFeatures(head, 'scattering', schemaOf(3))).toThrow(
    expect.objectContaining({ code: 'sdk.badOption', place: 'features' }),
  );
});
