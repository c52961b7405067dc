import { digestOf, type DatasetId } from '@encryptech/base';
import { measureTraining, parseSchema } from '@encryptech/learning';
import type { ModelFacts } from '@encryptech/onnx';
import { createPlan, ledgerReserve, type PrivacyPlan } from '@encryptech/privacy';
import {
  datasetAdjacency,
  parseTrainingSpec,
  type DatasetManifest,
  type DatasetView,
  type TrainingSpec,
} from '@encryptech/protocol';
import { sdkError } from '../errors.ts';
import { chooseTraining, type TrainingChoices } from './choose-training.ts';
import { jobWork } from './job-work.ts';

/** What a developer may choose; the rest follows from public facts. */
export interface JobChoices extends TrainingChoices {
  /** Total epsilon of the run; or give `noiseMultiplier`. */
  epsilon?: number | undefined;
  noiseMultiplier?: number | undefined;
  /** k of delta = 10^-k; the dataset's own if left out. */
  deltaExponent?: number | undefined;
  /** What neighbouring datasets are; the dataset's own if left out, and nothing else is taken. */
  adjacency?: 'add-or-remove-one' | 'replace-one' | undefined;
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
  const facts = {
    ...{ schema: parseSchema(manifest.schema), rows: manifest.nominalRows, unit: manifest.unit },
    ...{ adjacency: adjacencyOf(choices, manifest), deltaExponent: choices.deltaExponent ?? manifest.deltaExponent },
  };
  const { graph, model, plan: unpriced, ...training } = chooseTraining(given, facts, choices);
  const { trainable, augmentation, expectedBatch } = training;
  const plan = createPlan({
    ...unpriced,
    ...(choices.epsilon === undefined ? {} : { epsilon: choices.epsilon }),
    ...(choices.noiseMultiplier === undefined ? {} : { noiseMultiplier: choices.noiseMultiplier }),
  });
  const measured = measureTraining({ graph, trainable, augmentation, plan, expectedBatch });
  const flops =
    measured.flopsPerExample * (augmentation?.copies ?? 1) * expectedBatch * plan.steps +
    measured.frozenFlopsPerRow * manifest.nominalRows;
  const durationSec = choices.durationSec ?? Math.max(LEAST_DURATION_SEC, Math.ceil(flops / SLOW_FLOPS) * 4);
  const spec = parseTrainingSpec({
    version: 1,
    task: 'train',
    graph: digestOf(graph),
    dataset: dataset.datasetId,
    ...training,
    privacy: plan.toJSON(),
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
