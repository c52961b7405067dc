import { availableParallelism } from 'node:os';
import type { InferenceSession as Session } from 'onnxruntime-common';
import { InferenceSession } from 'onnxruntime-node';
import { createCheckedEngine } from './create-checked-engine.ts';
import { createEngine } from './create-engine.ts';
import { createMeasuredEngine } from './create-measured-engine.ts';
import type { Device } from './device.ts';
import type { Engine } from './engine.ts';
import { openWorkerSessions } from './open-worker-sessions.ts';
import { withOwnInputs } from './with-own-inputs.ts';

export interface NodeEngineOptions {
  /**
   * Threads that compute: those of one graph call, or of several calls at a time. Left out on the processor: as many as there are
   * cores, and for a graph call alone measured, which may change the last bits of a result ({@link createMeasuredEngine}).
   */
  threads?: number;
  /**
   * True to compute each graph call in one thread, so that equal inputs give equal bits whatever `threads` is: these are for calls
   * that run at the same time only.
   */
  exact?: boolean;
  /** What computes; `cpu` if left out. */
  device?: Device;
}

const hints: Record<Exclude<Device, 'cpu'>, string> = {
  webgpu:
    'WebGPU found no adapter: install the Vulkan driver of the GPU (on Debian: mesa-vulkan-drivers or nvidia-driver), see that `vulkaninfo --summary` lists it, or use the device cpu.',
  cuda: 'Reinstall onnxruntime-node with its CUDA files (ONNXRUNTIME_NODE_INSTALL=cuda12 npm rebuild onnxruntime-node) beside CUDA 12 and cuDNN 9, or use the device cpu.',
};

/**
 * ONNX Runtime on this machine. On a GPU, each graph is checked against the processor when it is opened
 * ({@link createCheckedEngine}); nodes that the GPU has no kernel for run on the processor. Noise is never made here.
 */
export function createNodeEngine({ threads, exact = false, device = 'cpu' }: NodeEngineOptions = {}): Engine {
  const session = (provider: Device): Session.SessionOptions => ({
    executionProviders: [provider],
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    intraOpNumThreads: exact ? 1 : (threads ?? 1),
    interOpNumThreads: 1,
    // The runtime's own lines would go to stderr of a process that holds private data. Errors are thrown as well.
    logSeverityLevel: 4,
  });
  if (device === 'cpu') {
    const cores = threads ?? availableParallelism();
    const name = (computing: string) => `onnxruntime-node, cpu, ${computing}`;
    const engine =
      threads === undefined && !exact
        ? createMeasuredEngine(InferenceSession, {
            name: name('threads by measurement'),
            session: session('cpu'),
            cores,
          })
        : createEngine(InferenceSession, {
            name: name(`${cores} ${cores === 1 ? 'thread' : 'threads'}`),
            session: session('cpu'),
          });
    return {
      ...engine,
      async openParallel(model, most) {
        const count = Math.min(cores, most);
        if (count <= 1) return [await engine.open(model)];
        const options = { ...session('cpu'), intraOpNumThreads: exact ? 1 : Math.floor(cores / count) };
        // The calling thread computes as well: it would only wait, and waking one more takes time in each step.
        const own = await createEngine(InferenceSession, { name: engine.name, session: options }).open(model);
        try {
          return [...(await openWorkerSessions(model, options, count - 1)), withOwnInputs(own)];
        } catch (error) {
          await own.close();
          throw error;
        }
      },
    };
  }
  return createCheckedEngine(InferenceSession, {
    name: `onnxruntime-node, ${device}`,
    session: session(device),
    device,
    hint: hints[device],
    reference: { runtime: InferenceSession, session: session('cpu') },
  });
}
