import { decodingErrors } from '../client/decode-chain-error.ts';
import type { Sending } from './sending.ts';

/**
 * True when the chain waits for a nonce below one that was handed out, and no open intent has it: it was executed once, and
 * the chain has gone back to before that. Nobody may have seen the blocks that are gone, so no watcher would tell.
 *
 * @throws `chain.unreachable`
 */
export async function hasForgotten({ client, account, store, scope }: Sending): Promise<boolean> {
  const highest = await store.highestNonce(scope);
  if (highest === undefined) return false;
  const { address } = account;
  const next = await decodingErrors(client.public.getTransactionCount({ address, blockTag: 'pending' }));
  return next <= highest && !(await store.open(scope)).some(({ nonce }) => nonce === next);
}
