import { InferenceSession } from 'onnxruntime-node';
import { createEngine } from './create-engine.ts';
import type { Engine } from './engine.ts';

export interface NodeEngineOptions {
  /** Threads of one graph call; 1 if left out, which makes equal inputs give equal bits. */
  threads?: number;
}

/** ONNX Runtime's CPU provider on this machine. */
export function createNodeEngine({ threads = 1 }: NodeEngineOptions = {}): Engine {
  return createEngine(InferenceSession, {
    name: `onnxruntime-node, cpu, ${threads} ${threads === 1 ? 'thread' : 'threads'}`,
    session: {
      executionProviders: ['cpu'],
      executionMode: 'sequential',
      graphOptimizationLevel: 'all',
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      // The runtime's own lines would go to stderr of a process that holds private data. Errors are thrown as well.
      logSeverityLevel: 4,
    },
  });
}
