import { compileInference } from '@encryptech/onnx';
import { Tensor, type InferenceSession as Session, type InferenceSessionFactory } from 'onnxruntime-common';
import { InferenceSession } from 'onnxruntime-node';
import { describe, expect, test } from 'vitest';
import { linearModel } from '../../test/linear-model.ts';
import { createCheckedEngine } from './create-checked-engine.ts';

const { model } = compileInference(linearModel([[2, 3]], [1]), { batch: 2 });
const rows = { x: new Tensor('float32', Float32Array.of(1, 1, 0, -1), [2, 2]) };

/** A device that is the processor, but for what it does to its outputs. */
const deviceThat = (change: (value: number) => number): InferenceSessionFactory =>
  ({
    async create(bytes: Uint8Array, options?: Session.SessionOptions) {
      const session = await InferenceSession.create(bytes, options);
      return {
        release: () => session.release(),
        async run(inputs: Session.FeedsType) {
          const outputs = await session.run(inputs);
          return Object.fromEntries(
            Object.entries(outputs).map(([name, { data, dims }]) => [
              name,
              new Tensor('float32', (data as Float32Array).map(change), dims),
            ]),
          );
        },
      };
    },
  }) as unknown as InferenceSessionFactory;

const engineOn = (runtime: InferenceSessionFactory) =>
  createCheckedEngine(runtime, {
    name: 'a device',
    device: 'webgpu',
    hint: 'Do this.',
    reference: { runtime: InferenceSession, session: {} },
  });

describe('createCheckedEngine', () => {
  test('opens a graph that the device computes as the reference does, but for rounding', async () => {
    const session = await engineOn(deviceThat((value) => value * (1 + 1e-5))).open(model);
    const { y } = await session.run(rows, ['y']);
    expect((y!.data as Float32Array)[0]).toBeCloseTo(6, 3);
    await session.close();
  });

  test.each([
    ['a hundredth off', (value: number) => value * 1.01],
    ['zero', () => 0],
    ['no number', () => Number.NaN],
    ['infinite', () => Infinity],
  ])('refuses a device whose output is %s', async (_, change) => {
    await expect(engineOn(deviceThat(change)).open(model)).rejects.toMatchObject({ code: 'learning.deviceDiffers' });
  });

  test('a device that is not there is a typed error with a next step; a graph that nothing runs is another', async () => {
    const absent = {
      create: () => Promise.reject(new Error('No supported adapters')),
    } as unknown as InferenceSessionFactory;
    await expect(engineOn(absent).open(model)).rejects.toMatchObject({ code: 'learning.noDevice', hint: 'Do this.' });
    await expect(engineOn(absent).open(Uint8Array.of(1, 2))).rejects.toMatchObject({ code: 'learning.engineFailed' });
  });
});
