import type { Address, Hex } from '@encryptech/base';
import { eq } from 'drizzle-orm';
import type { Database } from '../database/open-database.ts';
import type { Deployment } from '../deployment.ts';
import { balanceChanges } from './balance-changes.ts';
import type { ChainEvent } from './chain-event.ts';
import type { EventFacts } from './event-facts.ts';
import { foldDataset } from './fold-dataset.ts';
import { foldJob } from './fold-job.ts';
import { foldProvider } from './fold-provider.ts';
import {
  balancesTable,
  datasetsTable,
  jobsTable,
  providersTable,
  type BalanceRow,
  type DatasetRow,
  type JobRow,
  type ProviderRow,
} from './index-tables.ts';
import type { Subject } from './subjects-of.ts';

/** What the index can work in: the database or a transaction of it. */
export type Executor = Pick<Database, 'select' | 'insert' | 'update' | 'delete' | 'execute'>;

type Fold<Row> = (
  row: Row | undefined,
  event: ChainEvent,
  facts: EventFacts,
  deployment: Deployment,
) => Row | undefined;

/** A row that follows from the events about one subject: how to read it, fold an event into it, write and drop it. */
export interface Entity<Row> {
  load(db: Executor): Promise<Row | undefined>;
  fold: Fold<Row>;
  save(db: Executor, row: Row): Promise<unknown>;
  drop(db: Executor): Promise<unknown>;
}

/** The entity behind a subject. */
export function entityOf(subject: Subject): Entity<unknown> {
  const colon = subject.indexOf(':');
  const id = subject.slice(colon + 1) as Hex;
  switch (subject.slice(0, colon)) {
    case 'job':
      return jobEntity(id) as Entity<unknown>;
    case 'dataset':
      return datasetEntity(id) as Entity<unknown>;
    case 'provider':
      return providerEntity(id) as Entity<unknown>;
    default:
      return balanceEntity(id) as Entity<unknown>;
  }
}

export const jobEntity = (jobId: Hex): Entity<JobRow> => ({
  load: async (db) => (await db.select().from(jobsTable).where(eq(jobsTable.jobId, jobId)))[0],
  fold: foldJob,
  save: (db, row) => db.insert(jobsTable).values(row).onConflictDoUpdate({ target: jobsTable.jobId, set: row }),
  drop: (db) => db.delete(jobsTable).where(eq(jobsTable.jobId, jobId)),
});

export const datasetEntity = (datasetId: Hex): Entity<DatasetRow> => ({
  load: async (db) => (await db.select().from(datasetsTable).where(eq(datasetsTable.datasetId, datasetId)))[0],
  fold: foldDataset,
  save: (db, row) => {
    // The ledger's columns belong to `saveLedgers` alone.
    const { spentLow: _, spentHigh: __, reservedLow: ___, reservedHigh: ____, ...terms } = row;
    return db.insert(datasetsTable).values(row).onConflictDoUpdate({ target: datasetsTable.datasetId, set: terms });
  },
  drop: (db) => db.delete(datasetsTable).where(eq(datasetsTable.datasetId, datasetId)),
});

const providerEntity = (account: Address): Entity<ProviderRow> => ({
  load: async (db) => (await db.select().from(providersTable).where(eq(providersTable.account, account)))[0],
  fold: (row, event) => foldProvider(row, event, account),
  save: (db, row) =>
    db.insert(providersTable).values(row).onConflictDoUpdate({ target: providersTable.account, set: row }),
  drop: (db) => db.delete(providersTable).where(eq(providersTable.account, account)),
});

const balanceEntity = (account: Address): Entity<BalanceRow> => ({
  load: async (db) => (await db.select().from(balancesTable).where(eq(balancesTable.account, account)))[0],
  fold: (row, event, facts, deployment) => ({
    account,
    amount: balanceChanges(event, facts, deployment)
      .filter((entry) => entry.account === account)
      .reduce((sum, { change }) => sum + change, row?.amount ?? 0n),
  }),
  save: (db, row) =>
    db.insert(balancesTable).values(row).onConflictDoUpdate({ target: balancesTable.account, set: row }),
  drop: (db) => db.delete(balancesTable).where(eq(balancesTable.account, account)),
});
