import type { InferenceSession, InferenceSessionFactory } from 'onnxruntime-common';
import type { Engine } from './engine.ts';
import { engineSession, failing } from './engine-session.ts';

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
    open: async (model) => engineSession(await failing('load the graph', () => runtime.create(model, session))),
  };
}
