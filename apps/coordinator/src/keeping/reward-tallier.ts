import {
  listProviders,
  openTally,
  tallyRewards,
  type ChainClient,
  type ChainWriter,
  type Database,
  type Log,
} from '@encryptech/chain';
import type { Metrics } from '../metrics.ts';

/** Providers of one transaction. */
const AT_ONCE = 50;

export interface TallierDeps {
  client: ChainClient;
  writer: ChainWriter;
  db: Database;
  metrics: Metrics;
  log: Log;
}

/**
 * A keeper that has the score of the epoch before the running one put on record, for every provider that earned one. Anybody
 * may do that, and only in the epoch after: what nobody tallies then is lost to the provider.
 *
 * @throws `chain.unreachable`, and what the contract says
 */
export function createRewardTallier({ client, writer, db, metrics, log }: TallierDeps): () => Promise<void> {
  return async () => {
    const known = (await listProviders(db, { limit: 10_000 })).map(({ account }) => account);
    const { epoch, providers } = await openTally(client, known);
    for (let at = 0; at < providers.length; at += AT_ONCE) {
      const part = providers.slice(at, at + AT_ONCE);
      const scores = `${part[0]}:${part.length}:${Math.floor(Date.now() / 10_000)}`;
      await tallyRewards(writer, { providers: part, key: `tally:${epoch}:${scores}` });
      metrics.kept.inc({ action: 'tally' });
      const reason = 'Their work of that epoch counts only if it is on record before the next one ends';
      log.info({ epoch: epoch!.toString(), providers: part.length, reason }, 'Tallied rewards');
    }
  };
}
