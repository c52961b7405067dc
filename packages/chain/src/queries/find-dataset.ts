import type { DatasetId } from '@encryptech/base';
import type { Database } from '../database/open-database.ts';
import { datasetEntity } from '../indexer/entities.ts';
import type { DatasetRow } from '../indexer/index-tables.ts';

/** The dataset as the index has it. */
export const findDataset = (db: Database, datasetId: DatasetId): Promise<DatasetRow | undefined> =>
  datasetEntity(datasetId).load(db);
