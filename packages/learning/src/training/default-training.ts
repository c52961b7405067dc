import { float32SumError } from '@encryptech/privacy';
import type { Sgd } from './training-job.ts';

/** Numbers of a job that a developer may leave to us; all of them follow from public facts. */
export interface DefaultTraining {
  /** Layers of a model for a table: none, which makes it linear. */
  hidden: number[];
  optimiser: Sgd;
  clipNorm: number;
  samplingRate: number;
  steps: number;
  expectedBatch: number;
  microBatch: number;
  checkpointEvery: number;
}

const LARGEST_BATCH = 8192;
// What was found for pictures, on a set of so many rows.
const PICTURES = { rows: 60_000, rate: 30, clipNorm: 0.1, batch: 4096, steps: 120 };
const [SMALLEST_CALL, LARGEST_CALL] = [32, 1024];
// How much more noise single-precision sums may cost: 1 %.
const SUM_ERROR = 0.01;
const STEPS = 100;
// Where the learning rate is 1: these many rows and inputs.
const ROWS = 500;
const INPUTS = 30;

export interface DefaultTrainingOptions {
  /** Numbers that the model takes. */
  inputs: number;
  /** The declared rows, or units where the dataset declares them. */
  rows: number;
  /** Whether these are pictures, for networks that normalise within the example. */
  pictures?: boolean;
}

/**
 * Settings that make good private models of tables, for a model of `inputs` inputs and a dataset of `rows` declared rows
 * (units, where the dataset declares them).
 *
 * Large batches win under noise, so every row takes part in every step up to 8192 rows, and 8192 are expected beyond. Small
 * clip norms win too: past the first steps a step is then near the mean of unit gradients, which few hard rows can't drive.
 * The average over the second half of the steps takes out most of the noise of single steps. The noise in the weights falls
 * with the rows, so fewer rows take smaller steps; so do more inputs, since logits add up over them. A linear model is the
 * default since below some 10,000 rows noise costs hidden layers more than they bring.
 *
 * They were chosen on synthetic tables (factor models of 250 to 2000 rows, 5 to 100 inputs), at epsilon 1 and 3; those for
 * pictures on 50,000 training pictures of Fashion-MNIST at epsilon 3, for `newWaveletCnn` and `newScattering`, with smaller steps
 * for smaller sets by the same reason as for tables.
 */
export function defaultTraining({ inputs, rows, pictures = false }: DefaultTrainingOptions): DefaultTraining {
  const steps = pictures ? PICTURES.steps : STEPS;
  const samplingRate = Math.min(1, (pictures ? PICTURES.batch : LARGEST_BATCH) / rows);
  const expectedBatch = samplingRate * rows;
  const largest = Math.ceil(expectedBatch + 4 * Math.sqrt(expectedBatch * (1 - samplingRate)));
  // The error bound is nearly linear in the rows of a call: one row's gives how many are allowed.
  const allowed = Math.floor(SUM_ERROR / float32SumError({ expectedBatch, microBatch: 1 }));
  const call = Math.min(LARGEST_CALL, Math.max(SMALLEST_CALL, allowed));
  const rate = pictures
    ? PICTURES.rate * Math.min(1, rows / PICTURES.rows)
    : Math.min(2, Math.max(0.25, rows / ROWS)) * Math.min(1, Math.sqrt(INPUTS / inputs));
  return {
    hidden: [],
    optimiser: {
      kind: 'sgd',
      learningRate: Number(rate.toPrecision(2)),
      momentum: 0.9,
      averaging: { kind: 'tail', fromStep: steps / 2 },
    },
    clipNorm: pictures ? PICTURES.clipNorm : 0.3,
    samplingRate,
    steps,
    expectedBatch,
    microBatch: Math.ceil(largest / Math.ceil(largest / call)),
    checkpointEvery: steps / 10,
  };
}
