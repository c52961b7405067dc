import { and, asc, count, eq, gte, inArray, isNull, or, sql } from 'drizzle-orm';
import { balancesTable, jobsTable, type Database, type JobState } from '@encryptech/chain';
import { orderFromJson } from '@encryptech/protocol';
import type { BookedOrder } from '../book/order-book.ts';
import { ordersTable } from '../book/tables.ts';

/** An order that may be matched now, with what the index says of its job and its developer. */
export interface OpenOrder extends Pick<BookedOrder, 'jobId' | 'order' | 'signature' | 'preferences' | 'receivedAt'> {
  /** Codes of the reasons that the book has. */
  reasonCodes: string[];
  state: JobState;
  paidSteps: number;
  /** Wei in Jobs that no escrow holds. */
  balance: bigint;
}

/** States of a job in which its order may be matched; an order without a job may be too. */
const MATCHABLE: JobState[] = ['None', 'Expired'];

const isOpen = (now: number) =>
  and(gte(ordersTable.expiresAt, now), or(isNull(jobsTable.state), inArray(jobsTable.state, MATCHABLE)));
const ofJob = eq(jobsTable.jobId, ordersTable.jobId);

/**
 * Orders that have not expired and whose jobs are not running or done, the oldest first, `limit` at most. Orders of
 * developers who have something deposited come before all others: orders cost nothing, and must not crowd those out.
 */
export async function openOrders(db: Database, now: number, limit: number): Promise<OpenOrder[]> {
  const { jobId, order, signature, preferences, receivedAt, reasons } = ordersTable;
  const isFunded = sql`coalesce(${balancesTable.amount}, 0) > 0`;
  const rows = await db
    .select({
      ...{ jobId, order, signature, preferences, receivedAt, reasons },
      ...{ state: jobsTable.state, paidSteps: jobsTable.paidSteps, amount: balancesTable.amount },
    })
    .from(ordersTable)
    .leftJoin(jobsTable, ofJob)
    .leftJoin(balancesTable, eq(balancesTable.account, ordersTable.developer))
    .where(isOpen(now))
    .orderBy(sql`${isFunded} desc`, asc(receivedAt), asc(jobId))
    .limit(limit);
  return rows.map(({ amount, state, paidSteps, ...row }) => ({
    ...{ jobId: row.jobId, order: orderFromJson(row.order), signature: row.signature },
    ...{ preferences: row.preferences, receivedAt: row.receivedAt, reasonCodes: row.reasons.map(({ code }) => code) },
    ...{ state: state ?? 'None', paidSteps: paidSteps ?? 0, balance: amount ?? 0n },
  }));
}

/** How many orders may be matched now. */
export async function countOpenOrders(db: Database, now: number): Promise<number> {
  const [row] = await db.select({ orders: count() }).from(ordersTable).leftJoin(jobsTable, ofJob).where(isOpen(now));
  return row?.orders ?? 0;
}
