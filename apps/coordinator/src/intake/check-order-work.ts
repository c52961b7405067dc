import { createPlan, unpackLanes } from '@encryptech/privacy';
import type { JobOrder, TrainingSpec } from '@encryptech/protocol';
import { jobWork } from '@encryptech/sdk/work';
import { coordinatorError } from '../errors.ts';

/**
 * Returns when the graph can be trained privately, is as much work as the order says, and the plan's loss is within what the
 * order reserves: the same checks as the enclave's.
 *
 * @throws `onnx.*` `privacy.*` `coordinator.unitsMismatch` `coordinator.chargeTooSmall`
 */
export function checkOrderWork(order: JobOrder, spec: TrainingSpec, graph: Uint8Array): void {
  const { units } = jobWork(graph, spec);
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
  if (unpackLanes(createPlan(spec.privacy).charge).every((lane, i) => lane <= reserved[i]!)) return;
  throw coordinatorError({
    code: 'coordinator.chargeTooSmall',
    message: 'The loss of the plan is above what the order reserves.',
    place: 'order.rdpLow',
    hint: 'Make the order from the plan of its spec.',
  });
}
