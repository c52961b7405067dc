import { compileInference } from '@encryptech/onnx';
import { Tensor, type InferenceSession as Session, type InferenceSessionFactory } from 'onnxruntime-common';
import { InferenceSession } from 'onnxruntime-node';
import { describe, expect, test } from 'vitest';
import { linearModel } from '../../test/linear-model.ts';
import { createMeasuredEngine } from './create-measured-engine.ts';

const { model } = compileInference(linearModel([[2, 3]], [1]), { batch: 2 });
const rows = { x: new Tensor('float32', Float32Array.of(1, 1, 0, -1), [2, 2]) };

/** The processor, whose calls last as the clock here says: by threads, milliseconds of a call. */
function machine(lasts: Readonly<Record<number, number>>) {
  let time = 0;
  const tried: number[] = [];
  const open = new Set<number>();
  const runtime = {
    async create(bytes: Uint8Array, options: Session.SessionOptions) {
      const threads = options.intraOpNumThreads!;
      const session = await InferenceSession.create(bytes, options);
      tried.push(threads);
      open.add(threads);
      return {
        inputMetadata: session.inputMetadata,
        async release() {
          open.delete(threads);
          await session.release();
        },
        run(inputs: Session.FeedsType, outputs?: string[]) {
          time += lasts[threads]!;
          return outputs === undefined ? session.run(inputs) : session.run(inputs, outputs);
        },
      };
    },
  } as unknown as InferenceSessionFactory;
  const openWith = (cores: number) => createMeasuredEngine(runtime, { name: 'e', cores, now: () => time }).open(model);
  return { openWith, tried, open };
}

describe('createMeasuredEngine', () => {
  test.each([
    ['a short call stays on one', { 1: 1.9 }, 8, [1], 1],
    ['one core is not measured', { 1: 100 }, 1, [1], 1],
    ['two are faster', { 1: 100, 2: 60 }, 2, [1, 2], 2],
    ['two save less than a tenth', { 1: 100, 2: 91, 4: 10 }, 4, [1, 2], 1],
    ['four are no faster than two', { 1: 100, 2: 60, 4: 58 }, 8, [1, 2, 4], 2],
    ['eight are faster than four, and there are no more', { 1: 100, 2: 60, 4: 40, 8: 20 }, 12, [1, 2, 4, 8], 8],
  ])('%s', async (_, lasts, cores, tried, kept) => {
    const made = machine(lasts);
    const session = await made.openWith(cores);
    expect(made.tried).toEqual(tried);
    expect([...made.open]).toEqual([kept]);
    const { y } = await session.run(rows, ['y']);
    expect(y!.data).toEqual(Float32Array.of(6, -2));
    await session.close();
    expect(made.open.size).toBe(0);
  });

  test('what the runtime refuses is a typed error', async () => {
    const engine = createMeasuredEngine(InferenceSession, { name: 'e', cores: 2 });
    await expect(engine.open(Uint8Array.of(1, 2, 3))).rejects.toMatchObject({ code: 'learning.engineFailed' });
  });
});
