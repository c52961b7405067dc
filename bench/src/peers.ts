import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { digestOf, fromHex, utf8 } from '@encryptech/base';
import type { Table, TrainingJob } from '@encryptech/learning';
import { createNodeEngine } from '@encryptech/learning/node';
import { compileStep, floatValues, readModel } from '@encryptech/onnx';
import { createPlan } from '@encryptech/privacy';
import { Tensor } from 'onnxruntime-common';
import type { Figure } from './figure.ts';
import { summarise } from './interleave.ts';
import { lineProcess, type LineProcess } from './line-process.ts';
import { pausingTraining } from './pausing-training.ts';
import { pythonEnvironment } from './python-environment.ts';

const PACKAGES = ['opacus==1.6.0', 'torch==2.15.0', 'onnx==1.23.2'];
const MODES = ['hooks', 'ghost'];
const UNITS = 16_384;
const BATCH = 256;
const THREADS = Number(process.env['ENCRYPTECH_THREADS'] ?? Math.min(2, availableParallelism()));
const ROUNDS = 7;
/** Steps of one turn, by model: about a quarter of a second. */
const models = [
  { name: 'mnist-cnn', steps: 8, goal: 4 },
  { name: 'mlp-relu', steps: 60, goal: 2 },
  { name: 'transformer', steps: 12, goal: 2 },
  { name: 'resnet-groupnorm', steps: 4, goal: 2 },
];

interface Exported {
  shape: number[];
  classes: number;
  parameters: number;
  input: number[];
  target: number[];
  norms: number[];
}

/** Seconds by the clock, and of the processor. */
interface Spent {
  wall: number;
  processor: number;
}

/**
 * Examples a second of whole private trainings, ours over those of Opacus: the same graphs with the same weights (exported from
 * PyTorch here), Poisson batches of 256 expected of 16,384 rows, clipping, noise and optimiser, taken in turns. Opacus runs in each
 * of its modes that takes the model (per-sample gradients by hooks, ghost clipping), and the faster one counts.
 *
 * Ours draws noise from a cryptographic generator and takes as long for a small batch as for a large one; Opacus does neither.
 * Where other work runs on the machine, look at the figures of processor time on one thread (ENCRYPTECH_THREADS=1 takes only
 * these). Without Python it says so.
 */
export async function peers(): Promise<Figure[]> {
  const environment = pythonEnvironment('peers', PACKAGES);
  if ('missing' in environment) {
    console.error(`There is nobody to compare with: ${environment.missing}.`);
    return [];
  }
  const folder = await mkdtemp(join(tmpdir(), 'encryptech-peers-'));
  const peer = lineProcess(environment.python, [fileURLToPath(new URL('../peers/opacus_peer.py', import.meta.url))]);
  try {
    const known = await peer.ask<{ torch: string; opacus: string; models: Record<string, Exported> }>({
      do: 'models',
      folder,
    });
    const figures: Figure[] = [];
    for (const model of models) {
      const graph = new Uint8Array(await readFile(join(folder, `${model.name}.onnx`)));
      const exported = known.models[model.name]!;
      const settings = {
        ...{ model: model.name, parameters: exported.parameters, opacus: known.opacus, torch: known.torch },
        ...{ expectedBatch: BATCH, rows: UNITS, rounds: ROUNDS, stepsATurn: model.steps },
      };
      const difference = await largestDifference(graph, exported);
      figures.push({
        ...{ name: `peers.${model.name}.norms`, figure: difference, unit: 'relative', goal: '<= 1e-4' },
        ...{ holds: difference <= 1e-4, settings },
      });
      for (const threads of new Set([THREADS, 1])) {
        const spent = await inTurns(peer, { ...model, graph, exported, threads });
        figures.push(...figuresOf(model, spent, { ...settings, threads, ...spent.refused }));
      }
    }
    return figures;
  } finally {
    peer.close();
    await rm(folder, { recursive: true });
  }
}

function figuresOf(
  { name, steps, goal }: (typeof models)[number],
  { ours, theirs }: { ours: Spent[]; theirs: ReadonlyMap<string, Spent[]> },
  settings: Figure['settings'] & { threads: number },
): Figure[] {
  const rate = (spent: readonly Spent[], kind: keyof Spent) =>
    summarise(spent.map((each) => (BATCH * steps) / each[kind])).medianMs;
  const kind = settings.threads === 1 ? 'processor' : 'wall';
  const suffix = kind === 'wall' ? '' : '.one-thread';
  const unit = kind === 'wall' ? 'ex/s' : 'ex/cpu s';
  const modes = [...theirs].map(([mode, spent]) => ({ mode, spent, rate: rate(spent, kind) }));
  const best = modes.reduce((left, right) => (right.rate > left.rate ? right : left));
  const ratio = summarise(ours.map((own, round) => best.spent[round]![kind] / own[kind])).medianMs;
  const reported = { unit, goal: null, holds: null, settings };
  const held = THREADS === 1 || kind === 'wall';
  return [
    { name: `peers.${name}.ours${suffix}`, figure: rate(ours, kind), ...reported },
    ...modes.map((each) => ({ name: `peers.${name}.opacus-${each.mode}${suffix}`, figure: each.rate, ...reported })),
    {
      ...{ name: `peers.${name}.ratio${suffix}`, figure: ratio, unit: 'ratio', settings },
      ...(held ? { goal: `>= ${goal}`, holds: ratio >= goal } : { goal: null, holds: null }),
    },
  ];
}

/** Times turns of our training and of each mode of Opacus, one after the other. */
async function inTurns(
  peer: LineProcess,
  model: (typeof models)[number] & { graph: Uint8Array; exported: Exported; threads: number },
): Promise<{ ours: Spent[]; theirs: Map<string, Spent[]>; refused: Record<string, string> }> {
  const { name, steps, threads } = model;
  const refused: Record<string, string> = {};
  const theirs = new Map<string, Spent[]>();
  const own = pausingTraining(trainingOf(model));
  const timed = async (): Promise<Spent> => {
    const [started, before] = [performance.now(), process.cpuUsage()];
    await own.proceed();
    const { user, system } = process.cpuUsage(before);
    return { wall: (performance.now() - started) / 1000, processor: (user + system) / 1e6 };
  };
  await timed();
  const opened: string[] = [];
  for (const mode of MODES) {
    const answer = await peer.ask<{ error?: string }>({
      ...{ do: 'open', key: mode, model: name, mode, units: UNITS, batch: BATCH, threads },
    });
    if (answer.error === undefined) opened.push(mode);
    else refused[`opacus-${mode}`] = answer.error;
  }
  const ours: Spent[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    ours.push(await timed());
    for (const mode of opened) {
      const spent = await peer.ask<Spent & { error?: string }>({ do: 'steps', key: mode, count: steps });
      if (spent.error !== undefined) throw new Error(`Opacus stopped: ${spent.error}`);
      theirs.set(mode, [...(theirs.get(mode) ?? []), spent]);
    }
  }
  await own.stop();
  return { ours, theirs, refused };
}

function trainingOf({ name, steps, graph, exported, threads }: Parameters<typeof inTurns>[1]) {
  const plan = createPlan({
    ...{ adjacency: 'add-or-remove-one', unit: 'row', clipNorm: 1, noiseMultiplier: 1, samplingRate: BATCH / UNITS },
    ...{ steps: steps * (ROUNDS + 3), deltaExponent: 5, accountant: 'rdp' },
  });
  const job: TrainingJob = {
    ...{ graph, loss: 'softmax-cross-entropy', plan: plan.toJSON(), expectedBatch: BATCH, checkpointEvery: steps },
    optimiser: { kind: 'sgd', learningRate: 0.01, momentum: 0.9, averaging: { kind: 'none' } },
    // The expected batch and four standard deviations, as every step takes.
    microBatch: Math.ceil(BATCH + 4 * Math.sqrt(BATCH * (1 - BATCH / UNITS))),
  };
  return {
    ...{ job, table: tableOf(name, exported), engine: createNodeEngine({ threads }) },
    root: fromHex(digestOf(utf8(`peers ${name} ${threads}`))),
  };
}

/** Random rows of the model's shape. */
function tableOf(name: string, { shape, classes }: Exported): Table {
  const width = shape.reduce((product, dim) => product * dim, 1);
  let state = 1;
  const random = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
  const value = name === 'transformer' ? () => Math.floor(50 * random()) : () => 2 * random() - 1;
  return {
    ...{ width, rows: UNITS, task: 'classification', outputs: classes, targetScale: 1, unit: 'row', clipped: {} },
    features: Float32Array.from({ length: UNITS * width }, value),
    targets: BigInt64Array.from({ length: UNITS }, () => BigInt(Math.floor(classes * random()))),
    units: Array.from({ length: UNITS }, (_, row) => [row]),
  };
}

/** The largest relative difference between the gradient norms of examples that Opacus finds and those of our step. */
async function largestDifference(model: Uint8Array, { shape, input, target, norms }: Exported): Promise<number> {
  const graph = readModel(model);
  const batch = norms.length;
  const step = compileStep(graph, { loss: 'softmax-cross-entropy', batch, private: true });
  const session = await createNodeEngine().open(step.model);
  const dims = [batch, ...shape];
  const inputs: Record<string, Tensor> = {
    [step.inputs.example]:
      step.example.type === 'int64'
        ? new Tensor('int64', BigInt64Array.from(input, BigInt), dims)
        : new Tensor('float32', Float32Array.from(input), dims),
    [step.inputs.target]: new Tensor('int64', BigInt64Array.from(target, BigInt), [batch]),
    [step.inputs.mask]: new Tensor('float32', new Float32Array(batch).fill(1), [batch]),
    [step.inputs.clipNorm]: new Tensor('float32', Float32Array.of(1), []),
  };
  for (const { name, dims: own } of step.parameters) {
    inputs[name] = new Tensor('float32', floatValues(graph.initializers.get(name)!), [...own]);
  }
  const found = (await session.run(inputs, [step.outputs.norm!]))[step.outputs.norm!]!.data as Float32Array;
  await session.close();
  return Math.max(...norms.map((norm, i) => Math.abs(found[i]! / norm - 1)));
}
