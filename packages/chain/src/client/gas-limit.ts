import type { Hex } from '@encryptech/base';
import type { Address } from 'viem';
import type { ChainClient } from './create-chain-client.ts';

/**
 * The gas limit of a call: what it needs on the pending state, a quarter more and 10,000. The state moves until the call is
 * executed, be it only by a second of its clock, and a call that needs one gas more than its limit is lost; what is not used
 * is not paid.
 */
export async function gasLimit(
  client: ChainClient,
  call: { account: Address; to: Address; data: Hex; value: bigint },
): Promise<bigint> {
  return ((await client.public.estimateGas({ ...call, blockTag: 'pending' })) * 5n) / 4n + 10_000n;
}
