import type { Address } from '@encryptech/base';
import { eq } from 'drizzle-orm';
import type { Database } from '../database/open-database.ts';
import { balancesTable } from '../indexer/index-tables.ts';

/** What the account has in Jobs, in wei, by the events of the index. */
export async function findBalance(db: Database, account: Address): Promise<bigint> {
  const [row] = await db.select().from(balancesTable).where(eq(balancesTable.account, account));
  return row?.amount ?? 0n;
}
