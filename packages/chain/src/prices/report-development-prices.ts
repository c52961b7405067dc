import { encodeFunctionData } from 'viem';
import { medianFeedAbi } from '../abis.ts';
import { chainTime } from '../client/chain-time.ts';
import type { ChainWriter } from '../client/chain-writer.ts';
import type { ChainClient } from '../client/create-chain-client.ts';
import { decodingErrors } from '../client/decode-chain-error.ts';
import { DEVELOPMENT_FEEDS } from './development-feeds.ts';

/**
 * Has the reporters of an embedded chain report its development prices where the newest report of a feed is older than `ageSec` by
 * the chain's clock; resolves to how many reports were sent. Only for embedded chains: nobody trades at these prices.
 *
 * @throws `chain.unreachable` and what the feeds say
 */
export async function reportDevelopmentPrices(
  client: ChainClient,
  reporters: readonly ChainWriter[],
  ageSec = 900,
): Promise<number> {
  let sent = 0;
  for (const { name, priceE8, feeds } of DEVELOPMENT_FEEDS) {
    for (const feed of feeds(client.deployment)) {
      const at = { address: feed, abi: medianFeedAbi, blockTag: 'pending' } as const;
      const [accounts, standing] = await decodingErrors(client.public.readContract({ ...at, functionName: 'reports' }));
      for (const reporter of reporters) {
        const place = accounts.findIndex((account) => account.toLowerCase() === reporter.account.toLowerCase());
        const last = standing[place]?.observedAt;
        const now = await chainTime(client);
        if (last === undefined || now - Number(last) <= ageSec) continue;
        const data = encodeFunctionData({
          ...{ abi: medianFeedAbi, functionName: 'report', args: [priceE8, BigInt(now)] },
        });
        await reporter.send({ key: `development-price:${name}:${feed}:${now}`, to: feed, data });
        sent += 1;
      }
    }
  }
  return sent;
}
