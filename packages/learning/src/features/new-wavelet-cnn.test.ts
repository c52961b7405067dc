import { checkModel, compileStep, floatValues, readModel, writeModel } from '@encryptech/onnx';
import { expect, test } from 'vitest';
import { createNodeEngine } from '../engine/create-node-engine.ts';
import { predict } from '../inference/predict.ts';
import { newWaveletCnn } from './new-wavelet-cnn.ts';

const options = { height: 28, width: 27, outputs: 10, seed: Uint8Array.of(4) };

test('is a model all of whose parameters train privately', () => {
  const facts = checkModel(writeModel(newWaveletCnn(options)));
  expect(facts.trainable.map(({ name, dims }) => [name, dims])).toEqual([
    ['0.weight', [32, 1, 7, 7]],
    ['0.bias', [32]],
    ['1.weight', [32, 32, 3, 3]],
    ['1.bias', [32]],
    ['head.weight', [10, 32 * 49]],
    ['head.bias', [10]],
  ]);
  const step = compileStep(newWaveletCnn(options), { loss: 'softmax-cross-entropy', batch: 4, private: true });
  expect(step.parameters).toHaveLength(6);
});

test('begins with filters of norm 1 and sum 0, and says nothing', async () => {
  const graph = readModel(writeModel(newWaveletCnn(options)));
  const weights = floatValues(graph.initializers.get('0.weight')!);
  for (let filter = 0; filter < 32; filter++) {
    const taps = weights.subarray(49 * filter, 49 * (filter + 1));
    expect(Math.hypot(...taps)).toBeCloseTo(1, 5);
    expect(taps.reduce((sum, tap) => sum + tap, 0)).toBeCloseTo(0, 5);
  }
  const features = Float32Array.from({ length: 28 * 27 }, (_, i) => (i % 13) / 13);
  const { values } = await predict(writeModel(graph), { features, width: 28 * 27, rows: 1 }, createNodeEngine());
  expect([...values]).toEqual(new Array<number>(10).fill(0));
});

test('takes colours: filters begin alike in each channel, of norm 1 over all of them', async () => {
  const graph = newWaveletCnn({ ...options, channels: 3 });
  const weights = floatValues(graph.initializers.get('0.weight')!);
  const grey = floatValues(newWaveletCnn(options).initializers.get('0.weight')!);
  expect(graph.initializers.get('0.weight')!.dims).toEqual([32, 3, 7, 7]);
  weights.forEach((tap, i) => {
    const [filter, place] = [Math.floor(i / 147), i % 49];
    expect(tap).toBeCloseTo(grey[49 * filter + place]! / Math.sqrt(3), 6);
  });
  const step = compileStep(graph, { loss: 'softmax-cross-entropy', batch: 2, private: true });
  expect(step.example.dims).toEqual([2, 3, 28, 27]);
  const features = Float32Array.from({ length: 3 * 28 * 27 }, (_, i) => (i % 13) / 13);
  const { values } = await predict(writeModel(graph), { features, width: 3 * 28 * 27, rows: 1 }, createNodeEngine());
  expect([...values]).toEqual(new Array<number>(10).fill(0));
  expect(() => newWaveletCnn({ ...options, channels: 2 as never })).toThrow(
    expect.objectContaining({ code: 'learning.badFeatures' }),
  );
});

test('seeds decide the second layer', () => {
  const second = (seed: number) =>
    newWaveletCnn({ ...options, seed: Uint8Array.of(seed) }).initializers.get('1.weight');
  expect(second(1)).toEqual(second(1));
  expect(second(1)).not.toEqual(second(2));
});

test.each([7, 257, 9.5, Number.NaN])('a height of %d is refused', (height) => {
  expect(() => newWaveletCnn({ ...options, height })).toThrow(
    expect.objectContaining({ code: 'learning.badFeatures' }),
  );
});
