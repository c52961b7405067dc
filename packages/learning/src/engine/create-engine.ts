import type { InferenceSession, InferenceSessionFactory } from 'onnxruntime-common';
import { learningError } from '../errors.ts';
import type { Engine } from './engine.ts';

export interface CreateEngineOptions {
  name: string;
  /** Passed to each session: execution providers, threads. */
  session?: InferenceSession.SessionOptions;
}

/**
 * An engine over the `InferenceSession` of any ONNX Runtime package (`onnxruntime-node`, `onnxruntime-web`), handed in so
 * that this package binds to none of them.
 */
export function createEngine(runtime: InferenceSessionFactory, { name, session = {} }: CreateEngineOptions): Engine {
  return {
    name,
    async open(model) {
      const loaded = await failing('load the graph', () => runtime.create(model, session));
      return {
        async run(inputs, outputs) {
          const results = await failing('run the graph', () => loaded.run(inputs, [...outputs]));
          return { ...results } as Awaited<ReturnType<Awaited<ReturnType<Engine['open']>>['run']>>;
        },
        close: () => loaded.release(),
      };
    },
  };
}

async function failing<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw learningError({
      code: 'learning.engineFailed',
      message: `ONNX Runtime could not ${what}.`,
      hint: 'The cause holds its own words.',
      cause,
    });
  }
}
