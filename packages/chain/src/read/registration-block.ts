import type { Hex } from '@encryptech/base';
import type { ChainClient } from '../client/create-chain-client.ts';

/**
 * The hash of a block that was the newest one less than `windowSec` seconds ago, as the chain sees the time; undefined for
 * any other. On a chain without traffic the newest block may itself be older than that.
 */
export async function registrationBlock(
  { public: node }: Pick<ChainClient, 'public'>,
  { block, nowSec, windowSec }: { block: number; nowSec: number; windowSec: number },
): Promise<Hex | undefined> {
  const at = (blockNumber: number) =>
    node.getBlock({ blockNumber: BigInt(blockNumber) }).catch((error: unknown) => {
      if (error instanceof Error && error.name === 'BlockNotFoundError') return undefined;
      throw error;
    });
  const [found, next] = await Promise.all([at(block), at(block + 1)]);
  if (found === undefined) return undefined;
  // Replaced by the one after it, or not yet.
  return next === undefined || nowSec - Number(next.timestamp) < windowSec ? found.hash : undefined;
}
