import type { Hex, JobId } from '@encryptech/base';
import { arrayContains, asc } from 'drizzle-orm';
import type { Database } from '../database/open-database.ts';
import { decodeEvent } from '../indexer/chain-event.ts';
import { eventsTable } from '../indexer/index-tables.ts';
import { reasonOfEvent, type EventReason } from '../indexer/reason-of-event.ts';

/** One entry of a job's timeline. */
export interface TimelineEntry {
  /** Seconds since 1970. */
  at: number;
  /** Name of the event of Jobs. */
  event: string;
  block: number;
  transaction: Hex;
  /** The event's arguments; amounts as decimal strings. */
  data: Record<string, string | number | boolean>;
  reason: EventReason | undefined;
}

const CHANGES_STATE = new Set(['Matched', 'Started', 'Delivered', 'Settled', 'Expired', 'Cancelled']);

/** Everything that happened to a job, in order, each with its reason: matches and refusals, progress, money, budget. */
export async function jobTimeline(db: Database, jobId: JobId): Promise<TimelineEntry[]> {
  const about = arrayContains(eventsTable.subjects, [`job:${jobId}`]);
  const order = [asc(eventsTable.block), asc(eventsTable.logIndex)];
  const records = await db
    .select()
    .from(eventsTable)
    .where(about)
    .orderBy(...order);
  let before: string | undefined;
  return records.map((record) => {
    const event = decodeEvent(record.contract, record, record);
    const reason = event && reasonOfEvent(event, before);
    if (CHANGES_STATE.has(record.event)) before = record.event;
    const { at, event: name, block, transaction, args } = record;
    return { at, event: name, block: Number(block), transaction, data: args as TimelineEntry['data'], reason };
  });
}
