import type { JobId } from '@encryptech/base';
import type { Database } from '../database/open-database.ts';
import { jobEntity } from '../indexer/entities.ts';
import type { JobRow } from '../indexer/index-tables.ts';

/** The job as the index has it; `undefined` when it was never matched. */
export const findJob = (db: Database, jobId: JobId): Promise<JobRow | undefined> => jobEntity(jobId).load(db);
