import type { InferenceSession } from 'onnxruntime-common';
import { learningError } from '../errors.ts';
import type { EngineSession, Tensors } from './engine.ts';

/** A session of the runtime as an engine's. */
export function engineSession(loaded: InferenceSession): EngineSession {
  return {
    async run(inputs, outputs) {
      const results = await failing('run the graph', () => loaded.run(inputs, [...outputs]));
      return { ...results } as Tensors;
    },
    close: () => loaded.release(),
  };
}

/** What `work` gives; what it throws becomes the cause of `learning.engineFailed`. */
export async function failing<T>(what: string, work: () => Promise<T>): Promise<T> {
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
