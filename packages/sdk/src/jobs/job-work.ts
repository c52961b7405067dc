import { measureTraining } from '@encryptech/learning';
import { trainingUnits } from '@encryptech/market';
import type { ModelFacts } from '@encryptech/onnx';
import type { TrainingSpec } from '@encryptech/protocol';

/** What a job's graph is, and how much work the job is. */
export interface JobWork {
  model: ModelFacts;
  /** Micro-units. */
  units: bigint;
}

/**
 * The work that an order for this graph and spec must name: developer, coordinator and enclave all compute it here, and refuse an
 * order that says otherwise. What never trains is counted once a row, as it is computed.
 *
 * @throws `onnx.…` for a graph that can't be trained privately, `learning.badJob`
 */
export function jobWork(
  graph: Uint8Array,
  spec: Pick<TrainingSpec, 'trainable' | 'augmentation' | 'privacy' | 'expectedBatch' | 'microBatch' | 'durationSec'>,
): JobWork {
  const { trainable, augmentation, privacy: plan, expectedBatch, microBatch, durationSec } = spec;
  const { model, ...measured } = measureTraining({ graph, trainable, augmentation, plan, expectedBatch });
  const size = { expectedBatch, microBatch, steps: plan.steps, durationSec, copies: augmentation?.copies };
  return { model, units: trainingUnits({ ...measured, ...size }) };
}
