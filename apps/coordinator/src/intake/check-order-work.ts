import { trainingUnits } from '@encryptech/market';
import { checkModel } from '@encryptech/onnx';
import { createPlan, unpackLanes } from '@encryptech/privacy';
import type { JobOrder, TrainingSpec } from '@encryptech/protocol';
import { coordinatorError } from '../errors.ts';

/**
 * Returns when the graph can be trained privately, is as much work as the order says, and the plan's loss is within what the
 * order reserves: the same checks as the enclave's.
 *
 * @throws `onnx.*` `privacy.*` `coordinator.unitsMismatch` `coordinator.chargeTooSmall`
 */
export function checkOrderWork(order: JobOrder, spec: TrainingSpec, graph: Uint8Array): void {
  const { flopsPerExample, parameterBytes, activationBytesPerExample } = checkModel(graph, {}, spec.trainable);
  const { expectedBatch, microBatch, durationSec, privacy } = spec;
  const units = trainingUnits({
    ...{ flopsPerExample, parameterBytes, activationBytesPerExample },
    ...{ expectedBatch, microBatch, steps: privacy.steps, durationSec, copies: spec.augmentation?.copies },
  });
  if (units !== order.units) {
    throw coordinatorError({
      code: 'coordinator.unitsMismatch',
      message: `The order declares ${order.units} micro-units of work; its graph and spec give ${units}.`,
      place: 'order.units',
      hint: 'Make the order from a fresh quote.',
      data: { declared: order.units.toString(), computed: units.toString() },
    });
  }
  const reserved = unpackLanes(order);
  if (unpackLanes(createPlan(privacy).charge).every((lane, i) => lane <= reserved[i]!)) return;
  throw coordinatorError({
    code: 'coordinator.chargeTooSmall',
    message: 'The loss of the plan is above what the order reserves.',
    place: 'order.rdpLow',
    hint: 'Make the order from the plan of its spec.',
  });
}
