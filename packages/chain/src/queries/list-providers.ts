import type { Address } from '@encryptech/base';
import { and, asc, eq, gt, inArray } from 'drizzle-orm';
import type { Database } from '../database/open-database.ts';
import { providersTable, type ProviderRow } from '../indexer/index-tables.ts';

/** Registered providers of the index, by age; `accounts` picks some of them. */
export function listProviders(
  db: Database,
  filter: { active?: boolean; accounts?: readonly Address[]; limit?: number; offset?: number } = {},
): Promise<ProviderRow[]> {
  const { active, accounts, limit = 1_000, offset = 0 } = filter;
  const conditions = [
    gt(providersTable.speed, 0n),
    active === undefined ? undefined : eq(providersTable.active, active),
    accounts && inArray(providersTable.account, [...accounts]),
  ];
  return db
    .select()
    .from(providersTable)
    .where(and(...conditions))
    .orderBy(asc(providersTable.createdAt), asc(providersTable.account))
    .limit(limit)
    .offset(offset);
}
