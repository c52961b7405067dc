import { defaultTraining, inputsOf, type DatasetSchema, type TrainingJob } from '@encryptech/learning';
import { checkModel, type ModelFacts } from '@encryptech/onnx';
import type { Adjacency, UnpricedPlan } from '@encryptech/privacy';
import type { TrainingSpec } from '@encryptech/protocol';
import { sdkError } from '../errors.ts';
import { clippingOf, type ClippingChoices } from './clipping-of.ts';
import { correlationOf, type CorrelationChoices } from './correlation-of.ts';
import { graphToTrain } from './graph-to-train.ts';
import { graphWithFeatures, type Features } from './graph-with-features.ts';
import { optimiserOf, type OptimiserChoices } from './optimiser-of.ts';

/** What may be chosen about a training, but for how private it is; the rest follows from public facts. */
export interface TrainingChoices extends OptimiserChoices, ClippingChoices, CorrelationChoices {
  /** A public transform that stands before the model, in one graph with it. */
  features?: Features | undefined;
  /** `all` if left out, `biases`, `last:N`, `lora:RANK` (adapters are added), `lora` (those it has), or names with *. */
  trainable?: string | undefined;
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
}

/** The public facts of the rows that a training is for. */
export interface RowFacts {
  schema: DatasetSchema;
  /** Rows (units, where the schema declares them) as declared, not as counted. */
  rows: number;
  unit: 'row' | 'unit';
  adjacency: Adjacency;
  deltaExponent: number;
}

/** A training as chosen, but for its noise. */
export interface ChosenTraining extends Omit<TrainingJob, 'plan'> {
  plan: UnpricedPlan;
  /** Of the graph, which may be the given one with features before it or adapters in it. */
  model: ModelFacts;
}

/**
 * The training of a graph on such rows under these choices. Pure: equal facts and choices give equal trainings.
 *
 * @throws `onnx.…` for a graph that can't be trained privately, `sdk.modelMismatch`, `sdk.badOption`
 */
export function chooseTraining(given: Uint8Array, facts: RowFacts, choices: TrainingChoices): ChosenTraining {
  const { schema, rows, unit, adjacency, deltaExponent } = facts;
  const { graph, trainable } = graphToTrain(graphWithFeatures(given, choices.features, schema), choices.trainable);
  const model = checkModel(graph, {}, trainable);
  const loss = choices.loss ?? (schema.target.task === 'regression' ? 'mean-squared-error' : 'softmax-cross-entropy');
  const { inputs, outputs } = inputsOf(schema);
  checkFit(model, { inputs, outputs: loss === 'binary-cross-entropy-with-logits' ? 1 : outputs });
  const pictures = schema.columns.some(({ type }) => type === 'image');
  const defaults = defaultTraining({ inputs, rows, pictures });
  const { augmentation } = choices;
  const steps = choices.steps ?? defaults.steps;
  const wanted = { samplingRate: choices.samplingRate, steps, usual: defaults.samplingRate };
  const { correlation, samplingRate } = correlationOf(choices, wanted);
  const clipping = clippingOf(choices);
  return {
    ...{ graph, model, loss },
    ...(choices.huberDelta === undefined ? {} : { huberDelta: choices.huberDelta }),
    ...(choices.classWeights === undefined ? {} : { classWeights: choices.classWeights }),
    ...(trainable === undefined ? {} : { trainable }),
    ...(augmentation === undefined ? {} : { augmentation }),
    optimiser: optimiserOf(choices, defaults.optimiser, steps),
    plan: {
      ...{ adjacency, unit, clipNorm: choices.clipNorm ?? defaults.clipNorm, samplingRate, steps, deltaExponent },
      accountant: 'pld',
      ...(clipping === undefined ? {} : { clipping }),
      ...(correlation === undefined ? {} : { correlation }),
    },
    expectedBatch: samplingRate * rows,
    // A call holds all copies of its rows: as much memory, and as much rounding, as without copies.
    microBatch: choices.microBatch ?? Math.max(1, Math.floor(defaults.microBatch / (augmentation?.copies ?? 1))),
    checkpointEvery: choices.checkpointEvery ?? Math.max(1, Math.ceil(steps / 10)),
  };
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
