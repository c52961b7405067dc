import {
  capacityAbi,
  decodingErrors,
  postBeats,
  providersAbi,
  type ChainClient,
  type ChainWriter,
  type Log,
} from '@encryptech/chain';
import { digestOf, utf8, type Address } from '@encryptech/base';
import type { BeatBook } from '../heartbeats/beat-book.ts';
import type { SlotNow } from '../heartbeats/epoch-clock.ts';
import type { Metrics } from '../metrics.ts';

/** Providers of one transaction, and of one epoch: about 29,000 gas each. */
const AT_ONCE = 50;
const MOST_PROVIDERS = 1_000;

export interface PosterDeps {
  client: ChainClient;
  writer: ChainWriter;
  beats: BeatBook;
  clock: () => Promise<SlotNow>;
  metrics: Metrics;
  log: Log;
}

/**
 * A keeper that puts the heartbeats of the epoch before the running one on record, in one batch. Only for providers to whom they
 * mean something, which have proven capacity or paid work in that epoch: who registers a thousand accounts and answers for
 * all of them makes nobody pay gas.
 *
 * @throws `chain.unreachable`, and what the contract says
 */
export function createBeatPoster({ client, writer, beats, clock, metrics, log }: PosterDeps): () => Promise<void> {
  const { public: node, deployment } = client;
  const { capacity, providers } = deployment.contracts;
  const at = { address: capacity, abi: capacityAbi } as const;
  let doneEpoch = -1;

  const isMissing = async (provider: Address, epoch: bigint, bitmap: bigint): Promise<boolean> => {
    const args = [provider, epoch] as const;
    const [[speed], [work], known] = await decodingErrors(
      Promise.all([
        node.readContract({ ...at, functionName: 'capacityAt', args, blockTag: 'pending' }),
        node.readContract({
          ...{ address: providers, abi: providersAbi, functionName: 'workOf', args, blockTag: 'pending' },
        }),
        node.readContract({ ...at, functionName: 'beatsOf', args, blockTag: 'pending' }),
      ]),
    );
    return (speed > 0n || work > 0n) && (known | bitmap) !== known;
  };

  return async () => {
    const epoch = (await clock()).epoch - 1;
    if (epoch < 0 || epoch === doneEpoch) return;
    const heard = [...(await beats.of(epoch))].map(([provider, bitmap]) => ({ provider, bitmap }));
    const wanted: typeof heard = [];
    for (let from = 0; from < heard.length && wanted.length < MOST_PROVIDERS; from += AT_ONCE) {
      const part = heard.slice(from, from + AT_ONCE);
      const missing = await Promise.all(part.map(({ provider, bitmap }) => isMissing(provider, BigInt(epoch), bitmap)));
      wanted.push(...part.filter((_, place) => missing[place]));
    }
    for (let from = 0; from < wanted.length; from += AT_ONCE) {
      const part = wanted.slice(from, from + AT_ONCE);
      const what = digestOf(utf8(part.map(({ provider, bitmap }) => `${provider}:${bitmap}`).join())).slice(0, 18);
      await postBeats(writer, { epoch: BigInt(epoch), beats: part, key: `beats:${epoch}:${what}` });
      metrics.kept.inc({ action: 'postBeats' });
      const reason = 'Availability counts in rewards only when it is on record in the next epoch';
      log.info({ epoch, providers: part.length, reason }, 'Posted heartbeats');
    }
    doneEpoch = epoch;
  };
}
