import type { Address, DatasetId } from '@encryptech/base';
import { and, desc, eq, inArray, lt, or } from 'drizzle-orm';
import type { Database } from '../database/open-database.ts';
import { jobsTable, type JobRow } from '../indexer/index-tables.ts';
import type { JobState } from '../job-state.ts';

export interface JobFilter {
  developer?: Address;
  provider?: Address;
  datasetId?: DatasetId;
  states?: readonly JobState[];
  /** At most that many; by default 100. */
  limit?: number;
  /** Only jobs that come after this one in the list: the last one of the page before. */
  after?: Pick<JobRow, 'createdAt' | 'jobId'>;
}

/** Jobs of the index, the newest first. */
export function listJobs(db: Database, filter: JobFilter = {}): Promise<JobRow[]> {
  const { developer, provider, datasetId, states, after, limit = 100 } = filter;
  const { createdAt, jobId } = jobsTable;
  const conditions = [
    developer && eq(jobsTable.developer, developer),
    provider && eq(jobsTable.provider, provider),
    datasetId && eq(jobsTable.datasetId, datasetId),
    states && inArray(jobsTable.state, [...states]),
    after && or(lt(createdAt, after.createdAt), and(eq(createdAt, after.createdAt), lt(jobId, after.jobId))),
  ];
  return db
    .select()
    .from(jobsTable)
    .where(and(...conditions))
    .orderBy(desc(createdAt), desc(jobId))
    .limit(limit);
}
