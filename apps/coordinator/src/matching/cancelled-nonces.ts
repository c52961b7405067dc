import { and, eq, inArray, sql } from 'drizzle-orm';
import { getAddress } from 'viem';
import { eventsTable, type Database } from '@encryptech/chain';
import type { Address } from '@encryptech/base';

/** Signers a query; PostgreSQL takes 65,535 parameters. */
const SIGNERS_A_QUERY = 10_000;

/** True for a nonce that its signer has cancelled. */
export type IsCancelled = (signer: Address, nonce: bigint) => boolean;

/** What these signers have cancelled, by the events of the index. */
export async function cancelledNonces(db: Database, signers: readonly Address[]): Promise<IsCancelled> {
  const signer = sql<string>`${eventsTable.args} ->> 'signer'`;
  const nonce = sql<string>`${eventsTable.args} ->> 'nonce'`;
  const asked = [...new Set(signers.map((address) => getAddress(address)))];
  const found = new Set<string>();
  for (let at = 0; at < asked.length; at += SIGNERS_A_QUERY) {
    // The literal name is what the partial index of the migrations is made for.
    const isCancellation = and(sql`${eventsTable.event} = 'NonceCancelled'`, eq(eventsTable.contract, 'jobs'));
    const rows = await db
      .select({ signer, nonce })
      .from(eventsTable)
      .where(and(isCancellation, inArray(signer, asked.slice(at, at + SIGNERS_A_QUERY))));
    for (const row of rows) found.add(`${row.signer}:${row.nonce}`);
  }
  return (address, number) => found.has(`${getAddress(address)}:${number}`);
}
