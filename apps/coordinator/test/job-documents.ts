import { digestOf, utf8, type Hex } from '@encryptech/base';
import { newMlp, writeModel } from '@encryptech/onnx';
import { createPlan } from '@encryptech/privacy';
import type { TrainingSpec } from '@encryptech/protocol';
import { jobWork } from '@encryptech/sdk/work';

/** The developer's graph: 30 inputs, two classes. */
export const GRAPH = writeModel(
  newMlp({ inputs: 30, hidden: [8], outputs: 2, activation: 'relu', seed: utf8('test') }),
);

/** The plan of all orders; epsilon follows. */
export const PLAN = createPlan({
  ...{ adjacency: 'add-or-remove-one', unit: 'row', clipNorm: 1, noiseMultiplier: 3, samplingRate: 0.1, steps: 40 },
  ...{ deltaExponent: 5, accountant: 'pld' },
});

/** What the developer wants to train on a dataset. */
export const specOf = (dataset: Hex): TrainingSpec => ({
  ...{ version: 1, task: 'train', graph: digestOf(GRAPH), dataset, loss: 'softmax-cross-entropy' },
  optimiser: { kind: 'sgd', learningRate: 1, momentum: 0, averaging: { kind: 'none' } },
  ...{ privacy: PLAN.toJSON(), expectedBatch: 56.9, microBatch: 64, checkpointEvery: 10, durationSec: 600 },
});

/** The work of it, micro-units. */
export const UNITS = jobWork(GRAPH, specOf(`0x${'00'.repeat(32)}`)).units;
