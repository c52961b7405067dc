import { and, desc, eq, isNull, lt, or, sql, type SQL } from 'drizzle-orm';
import type { PgColumn } from 'drizzle-orm/pg-core';
import { jobsTable, type Database } from '@encryptech/chain';
import type { Hex } from '@encryptech/base';
import type { JobList } from '@encryptech/protocol';
import { bookedOrderOf } from '../book/order-book.ts';
import { ordersTable } from '../book/tables.ts';
import { coordinatorError } from '../errors.ts';
import { jobSummary } from './job-summary.ts';

/** Jobs of one page. */
const PAGE = 100;

/**
 * One page of jobs, the newest first: orders of the book, and jobs that another coordinator matched. `after` is the `next` of
 * the page before.
 *
 * @throws `coordinator.badRequest` for a cursor that none of these answers gave
 */
export async function jobList(db: Database, after?: string): Promise<JobList> {
  const cursor = after === undefined ? undefined : parseCursor(after);
  const ofJob = eq(jobsTable.jobId, ordersTable.jobId);
  const booked = await db
    .select({ order: ordersTable, row: jobsTable })
    .from(ordersTable)
    .leftJoin(jobsTable, ofJob)
    .where(isAfter(cursor, ordersTable.receivedAt, ordersTable.jobId))
    .orderBy(desc(ordersTable.receivedAt), desc(ordersTable.jobId))
    .limit(PAGE + 1);
  const foreign = await db
    .select({ row: jobsTable })
    .from(jobsTable)
    .leftJoin(ordersTable, ofJob)
    .where(and(isNull(ordersTable.jobId), isAfter(cursor, jobsTable.createdAt, jobsTable.jobId)))
    .orderBy(desc(jobsTable.createdAt), desc(jobsTable.jobId))
    .limit(PAGE + 1);
  const jobs = [
    ...booked.map(({ order, row }) => jobSummary(order.jobId, bookedOrderOf(order), row ?? undefined)),
    ...foreign.map(({ row }) => jobSummary(row.jobId, undefined, row)),
  ].sort((a, b) => b.createdAt - a.createdAt || (a.jobId < b.jobId ? 1 : -1));
  const page = jobs.slice(0, PAGE);
  const last = page.at(-1);
  return { jobs: page, next: jobs.length > PAGE && last ? `${last.createdAt}-${last.jobId}` : null };
}

interface Cursor {
  at: number;
  jobId: Hex;
}

const isAfter = (cursor: Cursor | undefined, at: PgColumn, jobId: PgColumn): SQL | undefined =>
  cursor && or(lt(at, cursor.at), and(eq(at, cursor.at), sql`${jobId} < ${cursor.jobId}`));

function parseCursor(text: string): Cursor {
  const [, at, jobId] = /^(\d{1,12})-(0x[0-9a-f]{64})$/.exec(text) ?? [];
  if (at !== undefined && jobId !== undefined) return { at: Number(at), jobId: jobId as Hex };
  throw coordinatorError({
    code: 'coordinator.badRequest',
    message: 'This is no place in the list of jobs.',
    place: 'after',
    hint: 'Take the "next" of the page before.',
  });
}
