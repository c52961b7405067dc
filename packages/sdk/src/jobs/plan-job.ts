import { digestOf, type DatasetId } from '@encryptech/base';
import { defaultTraining, inputsOf, measureTraining, parseSchema } from '@encryptech/learning';
import { checkModel, type ModelFacts } from '@encryptech/onnx';
import { createPlan, ledgerReserve, type PrivacyPlan } from '@encryptech/privacy';
import {
  datasetAdjacency,
  parseTrainingSpec,
  type DatasetManifest,
  type DatasetView,
  type TrainingSpec,
} from '@encryptech/protocol';
import { sdkError } from '../errors.ts';
import { clippingOf, type ClippingChoices } from './clipping-of.ts';
import { correlationOf, type CorrelationChoices } from './correlation-of.ts';
import { graphToTrain } from './graph-to-train.ts';
import { graphWithFeatures, type Features } from './graph-with-features.ts';
import { jobWork } from './job-work.ts';
import { optimiserOf, type OptimiserChoices } from './optimiser-of.ts';

/** What a developer may choose; the rest follows from public facts. */
export interface JobChoices extends OptimiserChoices, ClippingChoices, CorrelationChoices {
  /** A public transform that stands before the model, in one graph with it. */
  features?: Features | undefined;
  /** `all` if left out, `biases`, `last:N`, `lora:RANK` (adapters are added), `lora` (those it has), or names with *. */
  trainable?: string | undefined;
  /** Total epsilon of the run; or give `noiseMultiplier`. */
  epsilon?: number | undefined;
  noiseMultiplier?: number | undefined;
  /** k of delta = 10^-k; the dataset's own if left out. */
  deltaExponent?: number | undefined;
  /** What neighbouring datasets are; the dataset's own if left out, and nothing else is taken. */
  adjacency?: 'add-or-remove-one' | 'replace-one' | undefined;
  samplingRate?: number | undefined;
  steps?: number | undefined;
  clipNorm?: number | undefined;
  loss?: TrainingSpec['loss'] | undefined;
  huberDelta?: number | undefined;
  /** Public constants: weights that were counted on the private rows would say something of them. */
  classWeights?: number[] | undefined;
  augmentation?: TrainingSpec['augmentation'];
  microBatch?: number | undefined;
  checkpointEvery?: number | undefined;
  /** Longest time that the provider may take, seconds. */
  durationSec?: number | undefined;
}

/** A job as planned: what will be ordered, and what it costs in privacy and work. */
export interface PlannedJob {
  datasetId: DatasetId;
  spec: TrainingSpec;
  /** The graph that is ordered: the developer's, or with the adapters that train. */
  graph: Uint8Array;
  plan: PrivacyPlan;
  model: ModelFacts;
  /** Work, micro-units. */
  units: bigint;
  charge: { rdpLow: bigint; rdpHigh: bigint };
}

const LEAST_DURATION_SEC = 120;
/** Operations a second that even a slow provider reaches, for the default time limit. */
const SLOW_FLOPS = 1e9;

/**
 * The job that trains a graph on a dataset under these choices. Pure: everybody who has the graph and the dataset's manifest
 * gets the same.
 *
 * @throws `onnx.…` for a graph that can't be trained privately, `sdk.modelMismatch`, `sdk.unknownDataset`,
 * `sdk.budgetTooSmall`, `sdk.badOption`, `privacy.…`
 */
export function planJob(given: Uint8Array, dataset: DatasetView, choices: JobChoices): PlannedJob {
  const { manifest } = dataset;
  if (manifest === null) {
    throw sdkError({
      code: 'sdk.unknownDataset',
      message: 'The dataset’s owner has not published its manifest.',
      place: dataset.datasetId,
      hint: 'Is the owner’s agent running?',
      retry: 'later',
    });
  }
  const schema = parseSchema(manifest.schema);
  const { graph, trainable } = graphToTrain(graphWithFeatures(given, choices.features, schema), choices.trainable);
  const model = checkModel(graph, {}, trainable);
  const loss = choices.loss ?? (schema.target.task === 'regression' ? 'mean-squared-error' : 'softmax-cross-entropy');
  const { inputs, outputs } = inputsOf(schema);
  checkFit(model, { inputs, outputs: loss === 'binary-cross-entropy-with-logits' ? 1 : outputs });
  const pictures = schema.columns.some(({ type }) => type === 'image');
  const defaults = defaultTraining({ inputs, rows: manifest.nominalRows, pictures });
  const { augmentation } = choices;
  const copies = augmentation?.copies ?? 1;
  const steps = choices.steps ?? defaults.steps;
  const wanted = { samplingRate: choices.samplingRate, steps, usual: defaults.samplingRate };
  const { correlation, samplingRate } = correlationOf(choices, wanted);
  const expectedBatch = samplingRate * manifest.nominalRows;
  const deltaExponent = choices.deltaExponent ?? manifest.deltaExponent;
  const clipping = clippingOf(choices);
  const plan = createPlan({
    adjacency: adjacencyOf(choices, manifest),
    unit: manifest.unit,
    clipNorm: choices.clipNorm ?? defaults.clipNorm,
    samplingRate,
    steps,
    deltaExponent,
    accountant: 'pld',
    ...(clipping === undefined ? {} : { clipping }),
    ...(correlation === undefined ? {} : { correlation }),
    ...(choices.epsilon === undefined ? {} : { epsilon: choices.epsilon }),
    ...(choices.noiseMultiplier === undefined ? {} : { noiseMultiplier: choices.noiseMultiplier }),
  });
  // A call holds all copies of its rows: as much memory, and as much rounding, as without copies.
  const microBatch = choices.microBatch ?? Math.max(1, Math.floor(defaults.microBatch / copies));
  const measured = measureTraining({ graph, trainable, augmentation, plan, expectedBatch });
  const flops =
    measured.flopsPerExample * copies * expectedBatch * steps + measured.frozenFlopsPerRow * manifest.nominalRows;
  const durationSec = choices.durationSec ?? Math.max(LEAST_DURATION_SEC, Math.ceil(flops / SLOW_FLOPS) * 4);
  const spec = parseTrainingSpec({
    version: 1,
    task: 'train',
    graph: digestOf(graph),
    dataset: dataset.datasetId,
    loss,
    ...(choices.huberDelta === undefined ? {} : { huberDelta: choices.huberDelta }),
    ...(choices.classWeights === undefined ? {} : { classWeights: choices.classWeights }),
    ...(trainable === undefined ? {} : { trainable }),
    ...(augmentation === undefined ? {} : { augmentation }),
    optimiser: optimiserOf(choices, defaults.optimiser, steps),
    privacy: plan.toJSON(),
    expectedBatch,
    microBatch,
    checkpointEvery: choices.checkpointEvery ?? Math.max(1, Math.ceil(steps / 10)),
    durationSec,
  });
  checkBudget(dataset, plan);
  const { units } = jobWork(graph, spec);
  return { datasetId: dataset.datasetId as DatasetId, spec, graph, plan, model, units, charge: plan.charge };
}

/** A ledger adds up losses of one relation, which the owner chose. */
function adjacencyOf({ adjacency }: JobChoices, manifest: DatasetManifest): 'add-or-remove-one' | 'replace-one' {
  const declared = datasetAdjacency(manifest);
  if (adjacency === undefined || adjacency === declared) return declared;
  throw sdkError({
    code: 'sdk.badOption',
    message: `The dataset's budget counts losses under ${declared}, not ${adjacency}.`,
    place: 'adjacency',
    hint: 'Leave it out, or choose another dataset.',
  });
}

function checkFit(model: ModelFacts, { inputs, outputs }: { inputs: number; outputs: number }): void {
  const width = model.inputs[0]?.dims.slice(1).reduce<number>((product, dim) => product * Number(dim), 1);
  const results = model.outputs[0]?.dims.at(-1);
  if (width === inputs && results === outputs) return;
  throw sdkError({
    code: 'sdk.modelMismatch',
    message: `The model takes ${String(width)} inputs and gives ${String(results)} outputs; the dataset has ${inputs} and ${outputs}.`,
    hint: `Make one with: encryptech model new mlp --inputs ${inputs} --outputs ${outputs}`,
    data: { inputs, outputs },
  });
}

/** The contract decides; this says so before money moves. */
function checkBudget({ budget, datasetId }: DatasetView, plan: PrivacyPlan): void {
  const state = {
    spentLow: BigInt(budget.spent.rdpLow),
    spentHigh: BigInt(budget.spent.rdpHigh),
    reservedLow: BigInt(budget.reserved.rdpLow),
    reservedHigh: BigInt(budget.reserved.rdpHigh),
  };
  const caps = { epsilonMicro: budget.epsilonCapMicro, deltaExponent: budget.deltaExponent };
  try {
    ledgerReserve(state, caps, plan.charge);
  } catch (cause) {
    throw sdkError({
      code: 'sdk.budgetTooSmall',
      message: `The dataset’s budget has no room for epsilon ${plan.epsilon}: ${budget.epsilonUsed.toFixed(3)} of ${budget.epsilonCapMicro / 1e6} is spent or reserved.`,
      place: datasetId,
      hint: 'Choose a smaller epsilon, or another dataset.',
      cause,
    });
  }
}
