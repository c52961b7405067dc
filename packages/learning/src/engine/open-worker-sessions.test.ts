import { compileInference } from '@encryptech/onnx';
import { Tensor } from 'onnxruntime-common';
import { describe, expect, test } from 'vitest';
import { linearModel } from '../../test/linear-model.ts';
import { openWorkerSessions } from './open-worker-sessions.ts';

const { model } = compileInference(linearModel([[2, 3]], [1]), { batch: 1 });
const options = { intraOpNumThreads: 1, logSeverityLevel: 4 } as const;

describe('openWorkerSessions', () => {
  test('each of several sessions answers its own calls in order, for inputs as they were at the call', async () => {
    const sessions = await openWorkerSessions(model, options, 2);
    const data = new Float32Array(2);
    const inputs = { x: new Tensor('float32', data, [1, 2]) };
    const made = Array.from({ length: 8 }, (_, call) => {
      data.set([call, 1]);
      return sessions[call % 2]!.run(inputs, ['y']);
    });
    const found = (await Promise.all(made)).map(({ y }) => [...(y!.data as Float32Array)]);
    expect(found).toEqual([[4], [6], [8], [10], [12], [14], [16], [18]]);
    await Promise.all(sessions.map((session) => session.close()));
  });

  test('a graph that the runtime refuses, inputs that it misses and a closed session are typed errors', async () => {
    const failed = { code: 'learning.engineFailed' };
    await expect(openWorkerSessions(Uint8Array.of(1, 2, 3), options, 2)).rejects.toMatchObject(failed);
    const [session] = await openWorkerSessions(model, options, 1);
    await expect(session!.run({}, ['y'])).rejects.toMatchObject(failed);
    const inputs = { x: new Tensor('float32', Float32Array.of(1, 1), [1, 2]) };
    expect([...((await session!.run(inputs, ['y']))['y']!.data as Float32Array)]).toEqual([6]);
    await session!.close();
    await expect(session!.run(inputs, ['y'])).rejects.toMatchObject(failed);
  });

  test('a call that runs when its session is closed fails, and the others wait for nothing', async () => {
    const [session] = await openWorkerSessions(model, options, 1);
    const inputs = { x: new Tensor('float32', Float32Array.of(1, 1), [1, 2]) };
    const running = Promise.allSettled(Array.from({ length: 100 }, () => session!.run(inputs, ['y'])));
    await session!.close();
    const last = (await running).at(-1)!;
    expect(last).toMatchObject({ status: 'rejected', reason: { code: 'learning.engineFailed' } });
  });
});
