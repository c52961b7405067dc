import { availableParallelism } from 'node:os';
import type { InferenceSession as Session } from 'onnxruntime-common';
import { InferenceSession } from 'onnxruntime-node';
import { createCheckedEngine } from './create-checked-engine.ts';
import { createEngine } from './create-engine.ts';
import { createMeasuredEngine } from './create-measured-engine.ts';
import type { Device } from './device.ts';
import type { Engine } from './engine.ts';

export interface NodeEngineOptions {
  /**
   * Threads of one graph call. 1 makes equal inputs give equal bits. Left out on the processor: measured for each graph, which
   * may change the last bits of a result ({@link createMeasuredEngine}).
   */
  threads?: number;
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
export function createNodeEngine({ threads, device = 'cpu' }: NodeEngineOptions = {}): Engine {
  const session = (provider: Device): Session.SessionOptions => ({
    executionProviders: [provider],
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    intraOpNumThreads: threads ?? 1,
    interOpNumThreads: 1,
    // The runtime's own lines would go to stderr of a process that holds private data. Errors are thrown as well.
    logSeverityLevel: 4,
  });
  if (device === 'cpu' && threads === undefined) {
    const name = 'onnxruntime-node, cpu, threads by measurement';
    return createMeasuredEngine(InferenceSession, { name, session: session('cpu'), cores: availableParallelism() });
  }
  if (device === 'cpu') {
    const name = `onnxruntime-node, cpu, ${threads} ${threads === 1 ? 'thread' : 'threads'}`;
    return createEngine(InferenceSession, { name, session: session('cpu') });
  }
  return createCheckedEngine(InferenceSession, {
    name: `onnxruntime-node, ${device}`,
    session: session(device),
    device,
    hint: hints[device],
    reference: { runtime: InferenceSession, session: session('cpu') },
  });
}
