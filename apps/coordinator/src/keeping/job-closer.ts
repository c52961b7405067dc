import { and, asc, eq, inArray, isNotNull } from 'drizzle-orm';
import {
  chainTime,
  close,
  jobsTable,
  type ChainClient,
  type ChainWriter,
  type Database,
  type Log,
} from '@encryptech/chain';
import { isEncryptechError, type JobId } from '@encryptech/base';
import { orderFromJson } from '@encryptech/protocol';
import type { Metrics } from '../metrics.ts';

/** Jobs of one round. */
const MOST_JOBS = 64;

export interface CloserDeps {
  client: ChainClient;
  writer: ChainWriter;
  db: Database;
  metrics: Metrics;
  log: Log;
}

/**
 * Ends reservations of privacy loss that nobody will use: of jobs that expired or were cancelled, whose order can't be matched
 * any more and whose owner has had its grace. The contract says when; it is asked again then.
 */
export function createJobCloser({ client, writer, db, metrics, log }: CloserDeps): () => Promise<void> {
  /** Seconds of the chain before which the contract refuses. */
  const notBefore = new Map<string, number>();
  return async () => {
    const now = await chainTime(client);
    const { jobId: id, state, budget, order: document, createdAt } = jobsTable;
    const held = await db
      .select({ jobId: id, order: document })
      .from(jobsTable)
      .where(and(inArray(state, ['Expired', 'Cancelled']), eq(budget, 'held'), isNotNull(document)))
      .orderBy(asc(createdAt))
      .limit(MOST_JOBS);
    for (const { jobId, order: json } of held) {
      if ((notBefore.get(jobId) ?? 0) > now) continue;
      const order = orderFromJson(json!);
      try {
        await close(writer, { order, jobId: jobId as JobId });
        notBefore.delete(jobId);
        metrics.kept.inc({ action: 'close' });
        log.info({ jobId, reason: 'The order and its grace ran out' }, 'Closed a job’s reservation of privacy loss');
      } catch (error) {
        if (!isEncryptechError(error) || error.code === 'chain.unreachable') throw error;
        // Too early: the contract names the second. Anything else is looked at again in an hour.
        const named = error.code === 'chain.jobsTooEarly' ? Number(error.data?.['time']) + 1 : Number.NaN;
        notBefore.set(jobId, Number.isFinite(named) ? named : now + 3_600);
        log.debug({ jobId, code: error.code }, 'A reservation can not be closed yet');
      }
    }
  };
}
