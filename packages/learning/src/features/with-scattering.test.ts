import { checkModel, newMlp, readModel, writeModel } from '@encryptech/onnx';
import { expect, test } from 'vitest';
import { createNodeEngine } from '../engine/create-node-engine.ts';
import { predict } from '../inference/predict.ts';
import { newScattering } from './new-scattering.ts';
import { splitFrozen } from './split-frozen.ts';
import { withScattering } from './with-scattering.ts';

const head = newMlp({ inputs: 81 * 4, hidden: [5], outputs: 3, activation: 'tanh', seed: Uint8Array.of(1) });
const size = { height: 8, width: 8 };

test('says what the head says of the features, and trains the head only', async () => {
  const features = Float32Array.from({ length: 2 * 64 }, (_, i) => ((i * 37) % 64) / 63);
  const engine = createNodeEngine();
  const { frozen } = splitFrozen(newScattering({ ...size, outputs: 1 }), (name) => name.startsWith('head'))!;
  const front = await predict(writeModel(frozen), { features, width: 64, rows: 2 }, engine);
  const expected = await predict(writeModel(head), { features: front.values, width: front.width, rows: 2 }, engine);
  const whole = writeModel(withScattering(head, size));
  const { values } = await predict(whole, { features, width: 64, rows: 2 }, engine);
  for (const [i, value] of expected.values.entries()) expect(values[i]).toBeCloseTo(value, 4);
  expect(checkModel(whole).trainable.map(({ name }) => name)).toEqual(['0.weight', '0.bias', '2.weight', '2.bias']);
  expect(readModel(whole).inputs[0]!.dims).toEqual(['batch', 1, 8, 8]);
});

test('a head of another width is refused', () => {
  expect(() => withScattering(head, { height: 12, width: 8 })).toThrow(
    expect.objectContaining({ code: 'learning.mismatch' }),
  );
});
