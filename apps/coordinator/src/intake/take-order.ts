import { cidOfDigest, type Hex } from '@encryptech/base';
import { checkOrderAgainstSpec, parseRequest, verifyOrder } from '@encryptech/protocol';
import { coordinatorError } from '../errors.ts';
import { requireLive, type IntakeDeps } from './intake-deps.ts';

/** Orders that wait at the same time of one developer. */
const MOST_ORDERS = 1_000;

/**
 * Takes in a signed order with its spec; the graph must be among the blobs already. Returns the job id. What an enclave would
 * refuse is refused here, so that no provider is matched to work that nobody can start.
 *
 * @throws `protocol.badDocument` `protocol.badSignature` `protocol.wrongSigner` `protocol.orderMismatch` `coordinator.expired`
 * `coordinator.tooManyOrders` `coordinator.graphMissing`, and as {@link OrderChecker}
 */
export async function takeOrder({ book, blobs, domain, clock, checker }: IntakeDeps, body: unknown): Promise<Hex> {
  const { order, signature, spec, preferences = null } = parseRequest('postOrder', body);
  const jobId = await verifyOrder(order, signature, domain);
  if ((await book.orders.find(jobId)) !== undefined) return jobId;
  checkOrderAgainstSpec(order, spec);
  const now = await clock();
  requireLive('order', order, now);
  if ((await book.orders.countLive(order.developer, now)) >= MOST_ORDERS) {
    throw coordinatorError({
      code: 'coordinator.tooManyOrders',
      message: `The developer has ${MOST_ORDERS} orders waiting.`,
      hint: 'Wait until some are matched or expire; sign orders for less time.',
      retry: 'later',
    });
  }
  if (!(await blobs.has(cidOfDigest(order.graphDigest)))) {
    throw coordinatorError({
      code: 'coordinator.graphMissing',
      message: 'The graph of the order is not here.',
      place: 'order.graphDigest',
      hint: 'Put the ONNX file to /v1/blobs first.',
      data: { cid: cidOfDigest(order.graphDigest) },
    });
  }
  await checker.check(order, spec);
  await book.orders.add({ jobId, order, signature, spec, preferences, receivedAt: now });
  return jobId;
}
