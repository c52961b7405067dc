import type { EncryptechError, Hex } from '@encryptech/base';
import { getNodeError } from 'viem/utils';
import { decodeChainError } from '../client/decode-chain-error.ts';
import type { Sending } from './sending.ts';

/**
 * What became of a signed transaction that was handed to the node: `accepted` also when the node had it already, `nonceUsed`
 * when this or another transaction of that nonce is mined, `underpriced` when the fee must rise, `unreachable` when nobody
 * knows, `refused` when the node will never take it.
 */
export type Broadcast =
  | { outcome: 'accepted' | 'nonceUsed' | 'underpriced' | 'unreachable' }
  | { outcome: 'refused'; error: EncryptechError };

/** Hands a signed transaction to the node. Doing so twice does no harm. Never throws. */
export async function broadcast({ client, log }: Sending, raw: Hex): Promise<Broadcast> {
  try {
    await client.public.sendRawTransaction({ serializedTransaction: raw });
    return { outcome: 'accepted' };
  } catch (error) {
    const result = resultOf(error);
    if (result.outcome !== 'accepted') log.warn({ outcome: result.outcome }, 'A transaction was not taken');
    return result;
  }
}

function resultOf(error: unknown): Broadcast {
  const text = String(error);
  if (/already (known|imported)|known transaction|already exists/i.test(text)) return { outcome: 'accepted' };
  if (/replacement transaction underpriced|transaction underpriced/i.test(text)) return { outcome: 'underpriced' };
  const { name } = getNodeError(error as Parameters<typeof getNodeError>[0], {});
  if (name === 'NonceTooLowError') return { outcome: 'nonceUsed' };
  if (name === 'FeeCapTooLowError') return { outcome: 'underpriced' };
  const decoded = decodeChainError(error);
  return decoded.code === 'chain.unreachable' ? { outcome: 'unreachable' } : { outcome: 'refused', error: decoded };
}
