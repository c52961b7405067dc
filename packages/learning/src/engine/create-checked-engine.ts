import type { InferenceSession, InferenceSessionFactory } from 'onnxruntime-common';
import { learningError } from '../errors.ts';
import { createEngine, type CreateEngineOptions } from './create-engine.ts';
import type { Engine, Tensors } from './engine.ts';
import { seededInputs } from './seeded-inputs.ts';

/** How far an output may be from the processor's, as a share of its length: GPUs add in another order and round otherwise. */
const TOLERANCE = 1e-3;
/** Added for outputs that are nearly zero, an entry. */
const SMALLEST = 1e-6;

export interface CheckedEngineOptions extends CreateEngineOptions {
  /** What people call the device, such as `webgpu`. */
  device: string;
  /** What to do when the device isn't there. */
  hint: string;
  /** Runs what the device runs, to compare with. */
  reference: { runtime: InferenceSessionFactory; session: InferenceSession.SessionOptions };
}

/**
 * An engine on a device that isn't taken at its word: each graph that is opened is run once there and once by the reference, on the
 * same seeded inputs, and opened only when every output agrees to 1e-3 of its length. Drivers and kernels of GPUs have faults that
 * show in one graph and not in another, and a wrong gradient looks like any other.
 *
 * `open` throws `learning.noDevice`, `learning.deviceDiffers`, `learning.engineFailed`.
 */
export function createCheckedEngine(runtime: InferenceSessionFactory, options: CheckedEngineOptions): Engine {
  const { device, hint, reference, name, session = {} } = options;
  const engine = createEngine(runtime, { name, session });
  return {
    name,
    async open(model) {
      const expected = await expectedOf(reference, model);
      const opened = await engine.open(model).catch((cause: unknown) => {
        throw learningError({
          code: 'learning.noDevice',
          message: `There is no ${device} device here that takes this graph.`,
          hint,
          cause,
        });
      });
      try {
        const found = await opened.run(expected.inputs, Object.keys(expected.outputs));
        for (const [output, { data }] of Object.entries(expected.outputs)) {
          const difference = differenceOf(found[output]!.data as Float32Array, data as Float32Array);
          if (difference <= TOLERANCE) continue;
          throw learningError({
            code: 'learning.deviceDiffers',
            message: `The ${device} device computes "${output}" of this graph wrongly: it differs by ${difference.toPrecision(2)} of its length.`,
            hint: 'Use the device cpu, or another driver.',
            data: { output, difference, tolerance: TOLERANCE },
          });
        }
      } catch (error) {
        await opened.close();
        throw error;
      }
      return opened;
    },
  };
}

/** Inputs for the graph, and every float32 output of it by the reference. */
async function expectedOf(
  { runtime, session }: CheckedEngineOptions['reference'],
  model: Uint8Array,
): Promise<{ inputs: Tensors; outputs: Tensors }> {
  const opened = await runtime.create(model, session).catch((cause: unknown) => {
    throw learningError({ code: 'learning.engineFailed', message: 'ONNX Runtime could not load the graph.', cause });
  });
  try {
    const inputs = seededInputs(opened.inputMetadata);
    const outputs = await opened.run(inputs);
    return {
      inputs,
      outputs: Object.fromEntries(Object.entries(outputs).filter(([, { type }]) => type === 'float32')),
    };
  } finally {
    await opened.release();
  }
}

/** The length of the difference over that of what was expected; infinite when one is a number where the other is none. */
function differenceOf(found: Float32Array, expected: Float32Array): number {
  let [squares, length] = [0, SMALLEST ** 2 * expected.length];
  for (const [i, value] of expected.entries()) {
    if (Object.is(found[i], value) || found[i] === value) length += Number.isFinite(value) ? value ** 2 : 0;
    else {
      squares += (found[i]! - value) ** 2;
      length += value ** 2;
    }
  }
  const difference = Math.sqrt(squares / length);
  return Number.isNaN(difference) ? Infinity : difference;
}
