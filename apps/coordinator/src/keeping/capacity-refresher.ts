import {
  callContract,
  capacityAbi,
  decodingErrors,
  listProviders,
  type ChainClient,
  type ChainWriter,
  type Database,
  type Log,
} from '@encryptech/chain';
import type { Address } from '@encryptech/base';
import type { SlotNow } from '../heartbeats/epoch-clock.ts';
import type { Metrics } from '../metrics.ts';

/** Providers of one round; each at most once in an epoch, however often it changes. */
const MOST_PROVIDERS = 50;
const AT_ONCE = 50;

export interface RefresherDeps {
  client: ChainClient;
  writer: ChainWriter;
  db: Database;
  clock: () => Promise<SlotNow>;
  metrics: Metrics;
  log: Log;
}

/**
 * A keeper that has the chain read anew how fast a provider counts where its proof ran out, its level changed or it came or went:
 * else the sum of all capacity, from which entitlements come, would count machines that are gone.
 *
 * @throws `chain.unreachable`, and what the contract says
 */
export function createCapacityRefresher({
  client,
  writer,
  db,
  clock,
  metrics,
  log,
}: RefresherDeps): () => Promise<void> {
  const at = { address: client.deployment.contracts.capacity, abi: capacityAbi } as const;
  let seenEpoch = -1;
  const refreshed = new Set<Address>();

  const isStale = (provider: Address): Promise<boolean> =>
    decodingErrors(
      client.public.readContract({ ...at, functionName: 'isStale', args: [provider], blockTag: 'pending' }),
    );

  return async () => {
    const { epoch } = await clock();
    if (epoch !== seenEpoch) refreshed.clear();
    seenEpoch = epoch;
    const known = (await listProviders(db, { limit: 10_000 })).filter(({ account }) => !refreshed.has(account));
    let left = MOST_PROVIDERS;
    for (let from = 0; from < known.length && left > 0; from += AT_ONCE) {
      const part = known.slice(from, from + AT_ONCE).map(({ account }) => account);
      const stale = await Promise.all(part.map(isStale));
      for (const provider of part.filter((_, place) => stale[place]).slice(0, left)) {
        left -= 1;
        refreshed.add(provider);
        await callContract(writer, {
          ...{ key: `refresh:${provider}:${epoch}`, contract: 'capacity', abi: capacityAbi },
          ...{ functionName: 'refresh', args: [provider] },
        });
        metrics.kept.inc({ action: 'refreshCapacity' });
        const reason = 'Its proof ran out or is new, its level changed, or it came or went';
        log.info({ provider, epoch, reason }, 'Refreshed a provider’s capacity');
      }
    }
  };
}
