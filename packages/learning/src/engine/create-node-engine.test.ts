import { compileInference } from '@encryptech/onnx';
import { Tensor } from 'onnxruntime-common';
import { describe, expect, test } from 'vitest';
import { linearModel } from '../../test/linear-model.ts';
import { createNodeEngine } from './create-node-engine.ts';

describe('createNodeEngine', () => {
  test('runs a graph and gives the outputs that were asked for', async () => {
    const { model } = compileInference(linearModel([[2, 3]], [1]), { batch: 2 });
    const session = await createNodeEngine({ threads: 2 }).open(model);
    const outputs = await session.run({ x: new Tensor('float32', Float32Array.of(1, 1, 0, -1), [2, 2]) }, ['y']);
    expect(Object.keys(outputs)).toEqual(['y']);
    expect(outputs['y']!.data).toEqual(Float32Array.of(6, -2));
    await session.close();
  });

  test('several sessions, of which the calling thread is one, answer for inputs as they were at the call', async () => {
    const { model } = compileInference(linearModel([[2, 3]], [1]), { batch: 1 });
    const { openParallel } = createNodeEngine({ threads: 3 });
    const sessions = await openParallel!(model, 2);
    expect(sessions).toHaveLength(2);
    const data = new Float32Array(2);
    const inputs = { x: new Tensor('float32', data, [1, 2]) };
    const made = Array.from({ length: 8 }, (_, call) => {
      data.set([call, 1]);
      return sessions[call % 2]!.run(inputs, ['y']);
    });
    const found = (await Promise.all(made)).map(({ y }) => [...(y!.data as Float32Array)]);
    expect(found).toEqual([[4], [6], [8], [10], [12], [14], [16], [18]]);
    await Promise.all(sessions.map((session) => session.close()));
    await expect(openParallel!(Uint8Array.of(1, 2, 3), 2)).rejects.toMatchObject({ code: 'learning.engineFailed' });
  });

  test('says what it is', () => {
    expect(createNodeEngine().name).toBe('onnxruntime-node, cpu, threads by measurement');
    expect(createNodeEngine({ threads: 1 }).name).toBe('onnxruntime-node, cpu, 1 thread');
    expect(createNodeEngine({ threads: 2 }).name).toBe('onnxruntime-node, cpu, 2 threads');
  });

  test.each(['webgpu', 'cuda'] as const)(
    '%s computes as the processor does, or says that it is not there',
    async (device) => {
      const engine = createNodeEngine({ device });
      expect(engine.name).toBe(`onnxruntime-node, ${device}`);
      const { model } = compileInference(linearModel([[2, 3]], [1]), { batch: 2 });
      const opened = await engine.open(model).catch((error: unknown) => error);
      if (opened instanceof Error) {
        expect(opened).toMatchObject({
          code: 'learning.noDevice',
          hint: expect.stringContaining('device cpu') as string,
        });
        return;
      }
      const session = opened as Awaited<ReturnType<typeof engine.open>>;
      const { y } = await session.run({ x: new Tensor('float32', Float32Array.of(1, 1, 0, -1), [2, 2]) }, ['y']);
      expect([...(y!.data as Float32Array)].map((value) => Math.round(value * 1000) / 1000)).toEqual([6, -2]);
      await session.close();
    },
  );

  test('a graph that the runtime refuses, and inputs that it misses, are typed errors', async () => {
    const engine = createNodeEngine();
    await expect(engine.open(Uint8Array.of(1, 2, 3))).rejects.toMatchObject({ code: 'learning.engineFailed' });
    const session = await engine.open(compileInference(linearModel([[1]], [0]), { batch: 1 }).model);
    await expect(session.run({}, ['y'])).rejects.toMatchObject({ code: 'learning.engineFailed' });
    await session.close();
  });
});
