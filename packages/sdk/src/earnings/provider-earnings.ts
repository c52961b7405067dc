import type { Address } from '@encryptech/base';
import {
  capacityAbi,
  chainTime,
  decodingErrors,
  emissionsAbi,
  listFaults,
  rewardsAbi,
  stakingAbi,
  watchEvents,
  type ChainClient,
} from '@encryptech/chain';
import { createEarningsBook, EARNINGS_CONTRACTS, type EarningsBook } from './create-earnings-book.ts';
import type { EpochEarning, EpochRecord, ProviderEarnings } from './earnings.ts';
import { explainEpoch } from './explain-epoch.ts';

/** Epochs that are read at the same time, and blocks of one look on a node of this machine. */
const AT_ONCE = 16;
const LOCAL_BLOCKS = 100_000;

/** An empty book of a provider, with the clock of the chain. */
export async function openEarningsBook(
  { public: node, deployment }: ChainClient,
  provider: Address,
): Promise<EarningsBook> {
  const staking = { address: deployment.contracts.staking, abi: stakingAbi } as const;
  const [genesisSec, epochLengthSec] = await decodingErrors(
    Promise.all([
      node.readContract({ ...staking, functionName: 'epochStart', args: [0n] }),
      node.readContract({ ...staking, functionName: 'EPOCH_LENGTH' }),
    ]),
  );
  return createEarningsBook(provider, { genesisSec, epochLengthSec });
}

/** What stands behind a provider’s epoch, computed from its record and the epoch’s snapshots on chain. */
export async function explainOnChain(
  { public: node, deployment }: ChainClient,
  provider: Address,
  record: EpochRecord,
): Promise<EpochEarning> {
  const { rewards, staking, capacity, emissions } = deployment.contracts;
  const { epoch } = record;
  const at = { blockTag: 'pending' } as const;
  const capacities = { address: capacity, abi: capacityAbi, ...at } as const;
  const stakes = { address: staking, abi: stakingAbi, ...at } as const;
  const curve = { address: emissions, abi: emissionsAbi, ...at } as const;
  const mine = [provider, epoch] as const;
  const [[speed, level], unitsOfAll, slots, stake, now, epochLengthSec, factorBps, remaining, due] =
    await decodingErrors(
      Promise.all([
        node.readContract({ ...capacities, functionName: 'capacityAt', args: mine }),
        node.readContract({ ...capacities, functionName: 'unitsAt', args: [epoch] }),
        node.readContract({ ...capacities, functionName: 'SLOTS' }),
        node.readContract({ ...stakes, functionName: 'stakeAt', args: [1, ...mine] }),
        node.readContract({ ...stakes, functionName: 'epoch' }),
        node.readContract({ ...stakes, functionName: 'EPOCH_LENGTH' }),
        node.readContract({ ...curve, functionName: 'factorAt', args: [epoch] }),
        node.readContract({ ...curve, functionName: 'remaining' }),
        node.readContract({ address: rewards, abi: rewardsAbi, ...at, functionName: 'due', args: [epoch, provider] }),
      ]),
    );
  return explainEpoch(record, {
    ...{ epochLengthSec, slots, speed, level, unitsOfAll, stake, factorBps, remaining, epoch: now, due },
  });
}

/** The book up to the newest block. A chain that changed while it was read is read again. */
async function readBook(client: ChainClient, provider: Address): Promise<EarningsBook> {
  const book = await openEarningsBook(client, provider);
  const head = await decodingErrors(client.public.getBlockNumber());
  const watching = new AbortController();
  const maxBlocks = client.pollMs < 1_000 ? { maxBlocks: LOCAL_BLOCKS } : {};
  for await (const told of watchEvents(client, EARNINGS_CONTRACTS, { signal: watching.signal, ...maxBlocks })) {
    if (told.kind === 'rollback') return readBook(client, provider);
    if (told.kind === 'event') book.take(told.event);
    else if (told.block >= head) watching.abort();
  }
  return book;
}

/**
 * All that a provider earned since the deployment, with what stands behind each amount: each job’s pay and fee, each epoch’s
 * Q, c, R, score, share and bonus. Computed from events and parameters, beside what the contracts say.
 *
 * @throws `chain.unreachable`
 */
export async function providerEarnings(client: ChainClient, provider: Address): Promise<ProviderEarnings> {
  const book = await readBook(client, provider);
  const epochs: EpochEarning[] = [];
  const records = [...book.epochs.values()];
  for (let from = 0; from < records.length; from += AT_ONCE) {
    const part = records.slice(from, from + AT_ONCE);
    epochs.push(...(await Promise.all(part.map((record) => explainOnChain(client, provider, record)))));
  }
  const { staking } = client.deployment.contracts;
  const [epoch, faults, now] = await decodingErrors(
    Promise.all([
      client.public.readContract({
        ...{ address: staking, abi: stakingAbi, functionName: 'epoch', blockTag: 'pending' },
      }),
      listFaults(client, provider),
      chainTime(client),
    ]),
  );
  const sumOf = (amounts: bigint[]): bigint => amounts.reduce((sum, one) => sum + one, 0n);
  const inState = (state: EpochEarning['state']): bigint =>
    sumOf(epochs.filter((one) => one.state === state).map(({ share, bonus }) => share + bonus));
  return {
    ...{ provider, epoch, jobs: [...book.jobs], epochs },
    totals: {
      jobs: sumOf(book.jobs.map(({ paid }) => paid)),
      ...{ fetched: inState('fetched'), due: inState('due'), penalties: sumOf(faults.map(({ taken }) => taken)) },
    },
    reputationBps: book.reputationAt(now),
  };
}
