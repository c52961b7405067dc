import type { Hex } from '@encryptech/base';
import { chainError } from '../errors.ts';
import type { Deployment } from '../deployment.ts';
import type { ChainEvent } from './chain-event.ts';
import { entityOf, type Executor } from './entities.ts';
import type { EventFacts } from './event-facts.ts';
import { eventsTable, type DatasetRow, type JobRow } from './index-tables.ts';
import { subjectsOf, type Subject } from './subjects-of.ts';

/** An event with its log as it came, and what the transaction says beside it. */
export interface FoundEvent {
  event: ChainEvent;
  topics: readonly Hex[];
  data: Hex;
  facts: EventFacts;
}

/** Events a statement; PostgreSQL takes 65,535 parameters and a row has twelve. */
const ROWS_PER_INSERT = 1_000;

/** Writes events down and brings the rows of what they are about up to date. To be called in a transaction, in order. */
export async function applyEvents(db: Executor, deployment: Deployment, found: readonly FoundEvent[]): Promise<void> {
  const rows = new Map<Subject, unknown>();
  const load = async (subject: Subject): Promise<unknown> => {
    if (!rows.has(subject)) rows.set(subject, await entityOf(subject).load(db));
    return rows.get(subject);
  };

  const records: (typeof eventsTable.$inferInsert)[] = [];
  for (const { event, topics, data, facts: said } of found) {
    const facts = { ...said, ...(await partiesOf(event, load)) };
    const subjects = subjectsOf(event, facts, deployment);
    for (const subject of subjects) {
      rows.set(subject, entityOf(subject).fold(await load(subject), event, facts, deployment));
    }
    const { block, blockHash, logIndex, transaction, at, contract, event: name } = event;
    const args = jsonSafe(event.args) as Record<string, unknown>;
    records.push({
      ...{ block, blockHash, logIndex, transaction, at, contract, event: name, args },
      ...{ topics: [...topics], data, facts, subjects },
    });
  }
  for (let at = 0; at < records.length; at += ROWS_PER_INSERT) {
    await db
      .insert(eventsTable)
      .values(records.slice(at, at + ROWS_PER_INSERT))
      .onConflictDoNothing();
  }
  for (const [subject, row] of rows) if (row !== undefined) await entityOf(subject).save(db, row);
}

const MOVES_MONEY: ReadonlySet<ChainEvent['key']> = new Set([
  'jobs.Delivered',
  'jobs.Settled',
  'jobs.Expired',
  'jobs.Cancelled',
]);

/** Who is behind a job when money moves; its earlier events and its dataset tell. */
async function partiesOf(
  event: ChainEvent,
  load: (subject: Subject) => Promise<unknown>,
): Promise<Pick<EventFacts, 'parties'>> {
  if (!MOVES_MONEY.has(event.key) || event.contract !== 'jobs' || !('jobId' in event.args)) return {};
  const job = (await load(`job:${event.args.jobId}`)) as JobRow | undefined;
  const dataset = job && ((await load(`dataset:${job.datasetId}`)) as DatasetRow | undefined);
  if (job === undefined || dataset === undefined) {
    throw chainError({
      code: 'chain.inconsistentNode',
      message: 'The node shows the end of a job whose beginning it did not show.',
      hint: 'Does it prune old logs? The index needs all of them since the deployment.',
      data: { job: event.args.jobId, block: event.block.toString() },
    });
  }
  const { developer, provider, datasetFee } = job;
  return { parties: { developer, provider, datasetOwner: dataset.owner, datasetFee: datasetFee.toString() } };
}

/** Arguments as JSON: integers that JavaScript's numbers may not hold become decimal strings. */
export function jsonSafe(value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (Array.isArray(value)) return value.map(jsonSafe);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, jsonSafe(member)]));
}
