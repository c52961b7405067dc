import { findJob, jobTimeline, listProviders, type Database, type JobRow, type ProviderRow } from '@encryptech/chain';
import type { Hex, JobId } from '@encryptech/base';
import { explainReason } from '@encryptech/market';
import { orderToJson, type JobOrder, type JobViewJson, type Reason, type ReceiptJson } from '@encryptech/protocol';
import type { OrderBook, BookedOrder } from '../book/order-book.ts';
import { coordinatorError } from '../errors.ts';
import { jobSummary, orderOf } from './job-summary.ts';

type Plain = string | number | boolean | null;

/**
 * One job with its money, its timeline and why it is not matched, in JSON form.
 *
 * @throws `coordinator.notFound`
 */
export async function jobView(
  { db, orders, now }: { db: Database; orders: OrderBook; now: number },
  jobId: JobId,
): Promise<JobViewJson> {
  const booked = await orders.find(jobId);
  const row = await findJob(db, jobId);
  if (booked === undefined && row === undefined) {
    throw coordinatorError({
      code: 'coordinator.notFound',
      message: 'There is no such job.',
      place: jobId,
      hint: 'Check the job id and the network.',
    });
  }
  const [provider] = row === undefined ? [] : await listProviders(db, { accounts: [row.provider], limit: 1 });
  const order = orderOf(booked, row);
  return {
    ...jobSummary(jobId, booked, row),
    order: order === undefined ? null : orderToJson(order),
    orderSignature: booked?.signature ?? null,
    spec: booked?.spec ?? null,
    preferences: booked?.preferences ?? null,
    providerUrl: provider?.url ?? null,
    level: provider === undefined ? null : levelOf(provider, now),
    rate: row?.rate.toString() ?? null,
    price: row?.price.toString() ?? null,
    escrow: (row?.escrow ?? 0n).toString(),
    datasetFee: row?.datasetFee.toString() ?? null,
    paidSteps: row?.paidSteps ?? 0,
    deadline: row === undefined ? null : deadlineOf(row),
    enclaveKey: row?.enclaveKey ?? null,
    reasons: reasonsOf(booked, row, order, now),
    delivery: deliveryOf(jobId, order, row),
    timeline: await timeline(db, jobId, booked),
  };
}

const levelOf = ({ level, levelUntil }: ProviderRow, now: number): number => (now <= levelUntil ? level : 0);

function deadlineOf({ state, startBy, deliverBy, contestEnds }: JobRow): number | null {
  if (state === 'Matched') return startBy;
  if (state === 'Started') return deliverBy;
  return state === 'Delivered' ? contestEnds : null;
}

/** Why an order waits. One that has expired is out of every clearing, so its reason is found here. */
function reasonsOf(
  booked: BookedOrder | undefined,
  row: JobRow | undefined,
  order: JobOrder | undefined,
  now: number,
): Reason[] {
  if (row !== undefined && row.state !== 'Expired') return [];
  if (order !== undefined && BigInt(now) > order.expiresAt) {
    return [{ code: 'order.expired', message: explainReason('order.expired') }];
  }
  return booked?.reasons ?? [];
}

function deliveryOf(jobId: Hex, order: JobOrder | undefined, row: JobRow | undefined): JobViewJson['delivery'] {
  if (row === undefined || order === undefined) return null;
  const { attempt, resultDigest, certificateDigest, rdpLow, rdpHigh, enclaveSig } = row;
  if (enclaveSig === null || resultDigest === null || certificateDigest === null) return null;
  if (rdpLow === null || rdpHigh === null) return null;
  // A receipt is always for all steps of the order.
  const steps = order.steps;
  const loss = { rdpLow: rdpLow.toString(), rdpHigh: rdpHigh.toString() };
  const receipt: ReceiptJson = { jobId, attempt, steps, resultDigest, certificateDigest, ...loss };
  return { receipt, signature: enclaveSig };
}

async function timeline(db: Database, jobId: JobId, booked: BookedOrder | undefined): Promise<JobViewJson['timeline']> {
  const ordered =
    booked === undefined ? [] : [{ at: booked.receivedAt, event: 'Ordered', block: null, transaction: null, data: {} }];
  const happened = await jobTimeline(db, jobId);
  return [
    ...ordered,
    ...happened.map(({ at, event, block, transaction, data, reason }) => ({
      ...{ at, event, block, transaction },
      data: { ...plainData(data), ...(reason && { reasonCode: reason.code, reason: reason.message }) },
    })),
  ];
}

/** Events of Jobs have no lists in them today; one that had would be left out rather than break the answer. */
const plainData = (args: Readonly<Record<string, unknown>>): Record<string, Plain> =>
  Object.fromEntries(
    Object.entries(args).filter(
      (entry): entry is [string, Plain] =>
        entry[1] === null || ['string', 'number', 'boolean'].includes(typeof entry[1]),
    ),
  );
