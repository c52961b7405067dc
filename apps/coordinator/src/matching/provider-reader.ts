import { and, count, inArray } from 'drizzle-orm';
import { jobsTable, providerFacts, type ChainClient, type Database, type JobState } from '@encryptech/chain';
import type { Address } from '@encryptech/base';
import type { ProviderFacts } from '@encryptech/market';

/** What is known of a provider now. */
export interface KnownProvider extends ProviderFacts {
  address: Address;
  url: string;
  active: boolean;
  level: number;
  reputationBps: number;
  speed: bigint;
  freeStake: bigint;
  /** Posted rate for reserved work. */
  ask: bigint;
  freeWorkers: number;
}

/**
 * Reads providers from the chain; addresses are checksummed. Their stake and level change with time too, so nothing is kept
 * for long.
 */
export interface ProviderReader {
  /** The facts of these providers, in their order. */
  read(addresses: readonly Address[]): Promise<KnownProvider[]>;
  /** Forgets what was read: something happened on the chain. */
  forget(): void;
  /**
   * The provider missed a deadline, so that others come first for a while: five minutes for one that did not start a job and
   * is probably gone, one minute for one that did not deliver, which need not be its own fault.
   */
  rest(address: Address, missed: 'start' | 'delivery'): void;
  /** The provider signed a new offer, so it is there. */
  wake(address: Address): void;
}

/** States in which a job occupies an enclave worker. */
const OCCUPYING: JobState[] = ['Matched', 'Started'];
/** Enclave workers that the market counts on for each provider. No signed document tells of more; see the README. */
const WORKERS = 1;
const REST_MS = { start: 300_000, delivery: 60_000 };
/** Providers that are asked about at the same time, six questions each. */
const AT_ONCE = 16;

type OnChain = Awaited<ReturnType<typeof providerFacts>>;

/** A reader that asks the chain about a provider once in `keepMs`, and sooner after {@link ProviderReader.forget}. */
export function createProviderReader(
  { client, db }: { client: ChainClient; db: Database },
  keepMs = 5_000,
): ProviderReader {
  const kept = new Map<Address, { facts: OnChain; until: number }>();
  const resting = new Map<Address, number>();

  const facts = async (address: Address): Promise<OnChain> => {
    const known = kept.get(address);
    if (known !== undefined && performance.now() < known.until) return known.facts;
    const read = await providerFacts(client, address);
    kept.set(address, { facts: read, until: performance.now() + keepMs });
    return read;
  };

  return {
    async read(addresses) {
      for (const [address, { until }] of kept) if (performance.now() >= until) kept.delete(address);
      const found: OnChain[] = [];
      for (let at = 0; at < addresses.length; at += AT_ONCE) {
        found.push(...(await Promise.all(addresses.slice(at, at + AT_ONCE).map(facts))));
      }
      const busy = await busyWorkers(db, addresses);
      return addresses.map((address, i) => {
        const { url, active, level, reputationBps, speed, freeStake, ask } = found[i]!;
        const rests = performance.now() < (resting.get(address) ?? 0);
        const freeWorkers = rests ? 0 : Math.max(0, WORKERS - (busy.get(address) ?? 0));
        return { address, url, active, level, reputationBps, speed, freeStake, ask, freeWorkers };
      });
    },
    forget: () => kept.clear(),
    rest: (address, missed) => void resting.set(address, performance.now() + REST_MS[missed]),
    wake: (address) => void resting.delete(address),
  };
}

async function busyWorkers(db: Database, addresses: readonly Address[]): Promise<Map<Address, number>> {
  if (addresses.length === 0) return new Map();
  const { provider, state } = jobsTable;
  const rows = await db
    .select({ provider, jobs: count() })
    .from(jobsTable)
    .where(and(inArray(state, OCCUPYING), inArray(provider, [...addresses])))
    .groupBy(provider);
  return new Map(rows.map((row) => [row.provider, row.jobs]));
}
