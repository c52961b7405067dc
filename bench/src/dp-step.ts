import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { compileStep, floatValues, readModel } from '@encryptech/onnx';
import { createNodeEngine } from '@encryptech/learning/node';
import { Tensor } from 'onnxruntime-common';
import type { Figure } from './figure.ts';
import { interleave } from './interleave.ts';

const BATCH = 256;
const THREADS = Math.min(2, availableParallelism());
/** Rounds by model: the fast ones take more, since a busy machine disturbs them more. */
const models = [
  { name: 'mnist-cnn', rounds: 31 },
  { name: 'mlp-relu', rounds: 201 },
  { name: 'transformer', rounds: 31 },
  { name: 'resnet-groupnorm', rounds: 15 },
] as const;

/** The values of a pseudo-random sequence in [-1, 1): the same inputs in each run. */
function values(length: number, seed: number): Float32Array {
  let state = seed >>> 0;
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

/**
 * Times one private step of four networks at batch 256, and the non-private step of the same graph, in turns; the ratio is
 * the median of the rounds' ratios.
 */
export async function dpStep(): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const model of models) figures.push(...(await timed(model)));
  const ratios = figures.filter(({ name }) => name.endsWith('.ratio')).map(({ figure }) => figure);
  ratios.sort((a, b) => a - b);
  const median = (ratios[1]! + ratios[2]!) / 2;
  const settings = { batch: BATCH, threads: THREADS, models: models.map(({ name }) => name).join(', ') };
  return [
    ...figures,
    { name: 'dp-step.ratio.median', figure: median, unit: 'ratio', goal: '<= 1.25', holds: median <= 1.25, settings },
  ];
}

async function timed({ name, rounds }: (typeof models)[number]): Promise<Figure[]> {
  const bytes = await readFile(new URL(`../../vectors/pytorch/${name}/model.onnx`, import.meta.url));
  const graph = readModel(new Uint8Array(bytes));
  const engine = createNodeEngine({ threads: THREADS });
  let parameters = 0;
  const candidates = await Promise.all(
    [false, true].map(async (isPrivate) => {
      const step = compileStep(graph, { loss: 'softmax-cross-entropy', batch: BATCH, private: isPrivate });
      const session = await engine.open(step.model);
      const dims = step.example.dims as number[];
      const example = values(
        dims.reduce((product, dim) => product * dim, 1),
        1,
      );
      const tokens = () => BigInt64Array.from(example, (value) => BigInt(Math.floor((value + 1) * 25)));
      const inputs: Record<string, Tensor> = {
        [step.inputs.example]:
          step.example.type === 'int64' ? new Tensor('int64', tokens(), dims) : new Tensor('float32', example, dims),
        [step.inputs.target]: new Tensor(
          'int64',
          BigInt64Array.from({ length: BATCH }, (_, row) => BigInt(row % 2)),
          [BATCH],
        ),
        [step.inputs.mask]: new Tensor('float32', new Float32Array(BATCH).fill(1), [BATCH]),
        [step.inputs.clipNorm]: new Tensor('float32', Float32Array.of(1), []),
      };
      parameters = 0;
      for (const { name: parameter, dims: own } of step.parameters) {
        const initial = floatValues(graph.initializers.get(parameter)!);
        parameters += initial.length;
        inputs[parameter] = new Tensor('float32', initial, own);
      }
      const outputs = [step.outputs.loss, ...Object.values(step.outputs.sum)];
      return () => session.run(inputs, outputs);
    }),
  );
  const { timings, ratios } = await interleave(candidates, { rounds, warmups: 5 });
  const [plain, clipped] = timings as [(typeof timings)[0], (typeof timings)[0]];
  const settings = {
    model: name,
    parameters,
    batch: BATCH,
    threads: THREADS,
    rounds,
    engine: engine.name,
    spreadMs: `${clipped.spreadMs.toFixed(1)} private, ${plain.spreadMs.toFixed(1)} non-private`,
  };
  const ratio = ratios[0]!;
  const reported = { unit: 'ms', goal: null, holds: null, settings };
  return [
    { name: `dp-step.${name}.private`, figure: clipped.medianMs, ...reported },
    { name: `dp-step.${name}.non-private`, figure: plain.medianMs, ...reported },
    { name: `dp-step.${name}.ratio`, figure: ratio, unit: 'ratio', goal: '<= 1.6', holds: ratio <= 1.6, settings },
  ];
}
