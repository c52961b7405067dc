import { protocolError } from '../errors.ts';
import type { JobOrder } from '../signing/job-order.ts';
import { trainingSpecDigest, type TrainingSpec } from './training-spec.ts';

/**
 * Returns when the order says what its spec says: digest, graph, dataset, steps and duration. Work units and ledger
 * charge follow from graph and plan, and are checked by who has those.
 *
 * @throws `protocol.orderMismatch` with `place` = the order's field
 */
export function checkOrderAgainstSpec(order: JobOrder, spec: TrainingSpec): void {
  const stated: [keyof JobOrder, string | number | bigint, string | number][] = [
    ['specDigest', order.specDigest, trainingSpecDigest(spec)],
    ['graphDigest', order.graphDigest, spec.graph],
    ['datasetId', order.datasetId, spec.dataset],
    ['steps', order.steps, spec.privacy.steps],
    ['durationSec', order.durationSec, spec.durationSec],
  ];
  for (const [field, ordered, specified] of stated) {
    if (ordered === specified) continue;
    throw protocolError({
      code: 'protocol.orderMismatch',
      message: `The order's ${field} is ${ordered}, its spec says ${specified}.`,
      place: field,
      hint: 'Sign an order made from this spec.',
    });
  }
}
