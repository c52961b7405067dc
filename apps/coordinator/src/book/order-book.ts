import { and, count, eq, gte, inArray, lt, notExists } from 'drizzle-orm';
import { getAddress } from 'viem';
import { jobsTable, type Database } from '@encryptech/chain';
import type { Hex } from '@encryptech/base';
import {
  orderFromJson,
  orderToJson,
  type JobOrder,
  type Preferences,
  type Reason,
  type TrainingSpec,
} from '@encryptech/protocol';
import { expiryOf } from './expiry-of.ts';
import { ordersTable } from './tables.ts';

/** PostgreSQL takes 65,535 parameters. */
const IDS_A_STATEMENT = 10_000;

/** An order in the book. */
export interface BookedOrder {
  jobId: Hex;
  order: JobOrder;
  signature: Hex;
  spec: TrainingSpec;
  preferences: Preferences | null;
  /** Chain time. */
  receivedAt: number;
  /** Why the last clearing did not match it. */
  reasons: Reason[];
}

/** Signed orders that people handed in. Nothing here is trusted: the contract checks each match by itself. */
export interface OrderBook {
  /** Keeps an order; the same order twice is one order, and the first preferences stay. */
  add(order: Omit<BookedOrder, 'reasons'>): Promise<void>;
  find(jobId: Hex): Promise<BookedOrder | undefined>;
  /** How many orders of a developer have not expired. */
  countLive(developer: Hex, now: number): Promise<number>;
  /** Writes down why orders stay open. */
  setReasons(reasons: ReadonlyMap<Hex, readonly Reason[]>): Promise<void>;
  /** Forgets orders that expired before `time` and never became a job. */
  sweep(time: number): Promise<void>;
}

/** The order as the rest of the program has it. */
export const bookedOrderOf = (row: typeof ordersTable.$inferSelect): BookedOrder => {
  const { jobId, order, signature, spec, preferences, receivedAt, reasons } = row;
  return { jobId, order: orderFromJson(order), signature, spec, preferences, receivedAt, reasons };
};

/** The orders in a database that holds the coordinator's tables. */
export function createOrderBook(db: Database): OrderBook {
  return {
    async add({ jobId, order, signature, spec, preferences, receivedAt }) {
      const expiresAt = expiryOf(order);
      const about = { developer: getAddress(order.developer), datasetId: order.datasetId, receivedAt, expiresAt };
      const documents = { order: orderToJson(order), signature, spec, preferences, reasons: [] };
      await db
        .insert(ordersTable)
        .values({ jobId, ...about, ...documents })
        .onConflictDoNothing();
    },
    async find(jobId) {
      const [row] = await db.select().from(ordersTable).where(eq(ordersTable.jobId, jobId));
      return row && bookedOrderOf(row);
    },
    async countLive(developer, now) {
      const live = and(eq(ordersTable.developer, getAddress(developer)), gte(ordersTable.expiresAt, now));
      const [row] = await db.select({ orders: count() }).from(ordersTable).where(live);
      return row?.orders ?? 0;
    },
    async setReasons(reasons) {
      // Many orders wait for the same reason: one statement serves them all.
      const byReason = Map.groupBy(reasons, ([, list]) => JSON.stringify(list));
      for (const [text, entries] of byReason) {
        const jobIds = entries.map(([jobId]) => jobId);
        for (let at = 0; at < jobIds.length; at += IDS_A_STATEMENT) {
          await db
            .update(ordersTable)
            .set({ reasons: JSON.parse(text) as Reason[] })
            .where(inArray(ordersTable.jobId, jobIds.slice(at, at + IDS_A_STATEMENT)));
        }
      }
    },
    async sweep(time) {
      const job = db.select({ jobId: jobsTable.jobId }).from(jobsTable).where(eq(jobsTable.jobId, ordersTable.jobId));
      await db.delete(ordersTable).where(and(lt(ordersTable.expiresAt, time), notExists(job)));
    },
  };
}
