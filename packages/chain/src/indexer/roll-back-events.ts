import { and, arrayContains, asc, gt } from 'drizzle-orm';
import type { Deployment } from '../deployment.ts';
import { decodeEvent } from './chain-event.ts';
import { entityOf, type Executor } from './entities.ts';
import { blocksTable, eventsTable } from './index-tables.ts';
import type { Subject } from './subjects-of.ts';

/** What events above a block are about. */
export async function subjectsAbove(db: Executor, block: bigint): Promise<Subject[]> {
  const rows = await db
    .select({ subjects: eventsTable.subjects })
    .from(eventsTable)
    .where(gt(eventsTable.block, block));
  return [...new Set(rows.flatMap((row) => row.subjects as Subject[]))];
}

/**
 * Forgets all events above a block and makes the rows that they touched again from the events that stay. To be called in a
 * transaction.
 */
export async function rollBackEvents(db: Executor, deployment: Deployment, block: bigint): Promise<void> {
  const touched = await subjectsAbove(db, block);
  await db.delete(eventsTable).where(gt(eventsTable.block, block));
  await db.delete(blocksTable).where(gt(blocksTable.number, block));
  for (const subject of touched) await foldAnew(db, deployment, subject);
}

async function foldAnew(db: Executor, deployment: Deployment, subject: Subject): Promise<void> {
  const entity = entityOf(subject);
  const about = and(arrayContains(eventsTable.subjects, [subject]));
  const order = [asc(eventsTable.block), asc(eventsTable.logIndex)];
  let row: unknown;
  for (const record of await db
    .select()
    .from(eventsTable)
    .where(about)
    .orderBy(...order)) {
    const event = decodeEvent(record.contract, record, record);
    if (event) row = entity.fold(row, event, record.facts, deployment);
  }
  if (row === undefined) await entity.drop(db);
  else await entity.save(db, row);
}
