import type { JobRow } from '@encryptech/chain';
import type { Address, Hex } from '@encryptech/base';
import { orderFromJson, type JobOrder, type JobSummary } from '@encryptech/protocol';
import type { BookedOrder } from '../book/order-book.ts';

const NOBODY: Address = '0x0000000000000000000000000000000000000000';

/** The order of a job: from the book, else from the transaction that matched it. */
export const orderOf = (booked: BookedOrder | undefined, row: JobRow | undefined): JobOrder | undefined =>
  booked?.order ?? (row?.order ? orderFromJson(row.order) : undefined);

/** A job in a list; one of `booked` and `row` at least is there. */
export function jobSummary(jobId: Hex, booked: BookedOrder | undefined, row: JobRow | undefined): JobSummary {
  const order = orderOf(booked, row);
  return {
    jobId,
    state: row === undefined || row.state === 'None' ? 'Open' : row.state,
    developer: order?.developer ?? row?.developer ?? NOBODY,
    provider: row?.provider ?? null,
    datasetId: order?.datasetId ?? row!.datasetId,
    attempt: row?.attempt ?? 0,
    steps: order?.steps ?? 0,
    step: stepOf(order, row),
    createdAt: booked?.receivedAt ?? row!.createdAt,
  };
}

function stepOf(order: JobOrder | undefined, row: JobRow | undefined): number {
  if (row === undefined) return 0;
  if (row.state === 'Delivered' || row.state === 'Settled') return order?.steps ?? 0;
  return Math.max(row.checkpointStep, row.paidSteps);
}
