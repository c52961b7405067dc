import { decodingErrors, isPaused, type ChainClient, type Database } from '@encryptech/chain';
import type { Status } from '@encryptech/protocol';
import type { Book } from '../book/create-book.ts';
import { countOpenOrders } from '../matching/open-orders.ts';
import { VERSION } from './version.ts';

export interface StatusDeps {
  client: ChainClient;
  db: Database;
  book: Book;
  indexedBlock: () => Promise<bigint>;
}

/**
 * The network now.
 *
 * @throws `chain.unreachable`
 */
export async function statusView({ client, db, book, indexedBlock }: StatusDeps, now: number): Promise<Status> {
  const { chainId, contracts } = client.deployment;
  const [block, paused] = await Promise.all([decodingErrors(client.public.getBlockNumber()), isPaused(client)]);
  return {
    version: VERSION,
    chain: { id: chainId, block: Number(block), contracts: { ...contracts } },
    indexedBlock: Number(await indexedBlock()),
    paused,
    market: {
      openOrders: await countOpenOrders(db, now),
      offers: await book.offers.countLive(now),
      lastClearing: (await book.clearings.last()) ?? null,
    },
  };
}
