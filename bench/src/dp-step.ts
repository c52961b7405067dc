import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { compileStep, floatValues, readModel } from '@encryptech/onnx';
import { createNodeEngine } from '@encryptech/learning/node';
import { Tensor } from 'onnxruntime-common';
import type { Figure } from './figure.ts';
import { interleave } from './interleave.ts';

const BATCH = 256;
const THREADS = Math.min(2, availableParallelism());

/** The values of a pseudo-random sequence in [-1, 1): the same inputs in each run. */
function values(length: number, seed: number): Float32Array {
  let state = seed >>> 0;
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

/** Times one private step of the MNIST CNN (26,010 parameters) at batch 256 and the non-private step of the same graph. */
export async function dpStep(): Promise<Figure[]> {
  const bytes = await readFile(new URL('../../vectors/pytorch/mnist-cnn/model.onnx', import.meta.url));
  const graph = readModel(new Uint8Array(bytes));
  const engine = createNodeEngine({ threads: THREADS });
  const example = values(BATCH * 28 * 28, 1);
  const labels = BigInt64Array.from({ length: BATCH }, (_, row) => BigInt(row % 10));

  const candidates = await Promise.all(
    [false, true].map(async (isPrivate) => {
      const step = compileStep(graph, { loss: 'softmax-cross-entropy', batch: BATCH, private: isPrivate });
      const session = await engine.open(step.model);
      const inputs: Record<string, Tensor> = {
        [step.inputs.example]: new Tensor('float32', example, [BATCH, 1, 28, 28]),
        [step.inputs.target]: new Tensor('int64', labels, [BATCH]),
        [step.inputs.mask]: new Tensor('float32', new Float32Array(BATCH).fill(1), [BATCH]),
        [step.inputs.clipNorm]: new Tensor('float32', Float32Array.of(1), []),
      };
      for (const { name, dims } of step.parameters) {
        const initial = graph.initializers.get(name)!;
        inputs[name] = new Tensor('float32', floatValues(initial), dims);
      }
      const outputs = [step.outputs.loss, ...Object.values(step.outputs.sum)];
      return () => session.run(inputs, outputs);
    }),
  );
  const { timings, ratios } = await interleave(candidates, { rounds: 31, warmups: 5 });
  const [plain, clipped] = timings as [(typeof timings)[0], (typeof timings)[0]];
  const settings = {
    model: 'mnist-cnn',
    parameters: 26010,
    batch: BATCH,
    threads: THREADS,
    rounds: 31,
    engine: engine.name,
    spreadMs: `${clipped.spreadMs.toFixed(1)} private, ${plain.spreadMs.toFixed(1)} non-private`,
  };
  const ratio = ratios[0]!;
  const reported = { unit: 'ms', goal: null, holds: null, settings };
  return [
    { name: 'dp-step.mnist-cnn.private', figure: clipped.medianMs, ...reported },
    { name: 'dp-step.mnist-cnn.non-private', figure: plain.medianMs, ...reported },
    { name: 'dp-step.mnist-cnn.ratio', figure: ratio, unit: 'ratio', goal: '<= 1.25', holds: ratio <= 1.25, settings },
  ];
}
