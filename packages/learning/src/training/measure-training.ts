import { checkModel, measure, readModel, trainableBy, type ModelFacts } from '@encryptech/onnx';
import type { PrivacyPlanJson } from '@encryptech/privacy';
import { frozenPart } from '../features/frozen-part.ts';
import { declaredRows } from './declared-rows.ts';
import type { TrainingJob } from './training-job.ts';
import { windowLength } from './window-length.ts';

/** What a training computes and holds, from public facts: what a price is made of. */
export interface MeasuredTraining {
  /** The facts of the whole graph. */
  model: ModelFacts;
  /** Forward, backward and clipping of one example in a step: of what is left to do in steps. */
  flopsPerExample: number;
  /** Of what is computed once a row, before the first step; 0 where nothing is. */
  frozenFlopsPerRow: number;
  /** Declared rows, each of which is computed once. */
  rows: number;
  parameterBytes: number;
  activationBytesPerExample: number;
  /** Features of the declared rows, and sums that correlated noise remembers. */
  keptBytes: number;
}

/**
 * The work of a job: what `trainPrivately` does of it in each step, and what once a row. Everybody who has graph and numbers gets
 * the same.
 *
 * @throws `onnx.…` for a graph that can't be trained privately, `learning.badJob`
 */
export function measureTraining(
  job: Pick<TrainingJob, 'graph' | 'trainable' | 'augmentation' | 'expectedBatch'> & {
    plan: Pick<PrivacyPlanJson, 'samplingRate' | 'correlation'>;
  },
): MeasuredTraining {
  const { trainable = 'all', plan } = job;
  const model = checkModel(job.graph, {}, trainable);
  const { flopsPerExample, forwardFlopsPerExample, parameterBytes, activationBytesPerExample } = model;
  const rows = declaredRows(job);
  const window = 8 * windowLength(plan, model.parameters);
  const split = job.augmentation ? undefined : frozenPart(readModel(job.graph), trainable, rows);
  if (split === undefined) {
    return {
      model,
      flopsPerExample,
      frozenFlopsPerRow: 0,
      rows,
      parameterBytes,
      activationBytesPerExample,
      keptBytes: window,
    };
  }
  const step = measure(split.trained, trainableBy(split.trained, trainable));
  return {
    ...{ model, rows, parameterBytes },
    flopsPerExample: step.flopsPerExample,
    frozenFlopsPerRow: forwardFlopsPerExample - step.forwardFlopsPerExample,
    activationBytesPerExample: step.activationBytesPerExample,
    keptBytes: window + 4 * split.width * rows,
  };
}
