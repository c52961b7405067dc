import { and, asc, eq, inArray, lt, lte, or } from 'drizzle-orm';
import {
  chainTime,
  expire,
  jobsTable,
  settle,
  type ChainClient,
  type ChainWriter,
  type Database,
  type Log,
} from '@encryptech/chain';
import { isEncryptechError, type Address, type JobId } from '@encryptech/base';
import type { Metrics } from '../metrics.ts';

/** Jobs of one round, and how many transactions wait to be mined at the same time. */
const MOST_JOBS = 256;
const AT_ONCE = 16;

export interface KeeperDeps {
  client: ChainClient;
  writer: ChainWriter;
  db: Database;
  metrics: Metrics;
  /** Told which provider missed which deadline. */
  onMissed: (provider: Address, missed: 'start' | 'delivery') => void;
  log: Log;
}

type Due = Pick<typeof jobsTable.$inferSelect, 'jobId' | 'state' | 'attempt' | 'provider'>;

/**
 * Does what anybody may do and somebody has to: settles deliveries whose contest window is over, and expires jobs whose
 * deadline was missed, so that the money moves and the order can be matched again.
 *
 * @throws `chain.unreachable` and faults of the database; what the contract refuses waits for the next round
 */
export async function keepDeadlines(deps: KeeperDeps): Promise<void> {
  const due = await dueJobs(deps.db, await chainTime(deps.client));
  for (let at = 0; at < due.length; at += AT_ONCE) {
    await Promise.all(due.slice(at, at + AT_ONCE).map((job) => keep(deps, job)));
  }
}

/** Settling is allowed from the end of the window on, expiring after the deadline's second only. */
function dueJobs(db: Database, now: number): Promise<Due[]> {
  const { jobId, state, attempt, provider, startBy, deliverBy, contestEnds, createdAt } = jobsTable;
  return db
    .select({ jobId, state, attempt, provider })
    .from(jobsTable)
    .where(
      and(
        inArray(state, ['Delivered', 'Matched', 'Started']),
        or(
          and(eq(state, 'Delivered'), lte(contestEnds, now)),
          and(eq(state, 'Matched'), lt(startBy, now)),
          and(eq(state, 'Started'), lt(deliverBy, now)),
        ),
      ),
    )
    .orderBy(asc(createdAt), asc(jobId))
    .limit(MOST_JOBS);
}

async function keep(
  { writer, metrics, onMissed, log }: KeeperDeps,
  { jobId, state, attempt, provider }: Due,
): Promise<void> {
  const action = state === 'Delivered' ? 'settle' : 'expire';
  const id = jobId as JobId;
  try {
    await (action === 'settle' ? settle(writer, { jobId: id }) : expire(writer, { jobId: id, attempt }));
    metrics.kept.inc({ action });
    if (action === 'expire') onMissed(provider, state === 'Matched' ? 'start' : 'delivery');
    log.info({ jobId, attempt }, action === 'settle' ? 'Settled a job' : 'Expired a job');
  } catch (error) {
    // Somebody else was faster, or the provider was after all: the next round sees what is true.
    if (!isEncryptechError(error) || error.code === 'chain.unreachable') throw error;
    log.warn({ jobId, attempt, action, code: error.code }, 'A job could not be ended yet');
  }
}
