import type { ChainClient } from './create-chain-client.ts';
import { decodingErrors } from './decode-chain-error.ts';

/**
 * Seconds since 1970 as a transaction sent now would see them: the time of the pending block. The newest block's own time
 * is that of the last transaction, which on a quiet chain lies long ago.
 */
export async function chainTime(client: Pick<ChainClient, 'public'>): Promise<number> {
  const block = await decodingErrors(client.public.getBlock({ blockTag: 'pending' }));
  return Number(block.timestamp);
}
