import type { Address } from '@encryptech/base';
import { and, desc, eq } from 'drizzle-orm';
import type { Database } from '../database/open-database.ts';
import { datasetsTable, type DatasetRow } from '../indexer/index-tables.ts';

/** Datasets of the index, the newest first; retired ones only when asked for. */
export function listDatasets(
  db: Database,
  filter: { owner?: Address; withRetired?: boolean; limit?: number; offset?: number } = {},
): Promise<DatasetRow[]> {
  const { owner, withRetired = false, limit = 100, offset = 0 } = filter;
  return db
    .select()
    .from(datasetsTable)
    .where(and(owner && eq(datasetsTable.owner, owner), withRetired ? undefined : eq(datasetsTable.retired, false)))
    .orderBy(desc(datasetsTable.createdAt), desc(datasetsTable.datasetId))
    .limit(limit)
    .offset(offset);
}
