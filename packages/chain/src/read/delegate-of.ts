import type { Address } from '@encryptech/base';
import { datasetsAbi } from '../abis.ts';
import type { ChainClient } from '../client/create-chain-client.ts';
import { decodingErrors } from '../client/decode-chain-error.ts';

/** Who may release an owner's keys in the owner's place; the zero address when nobody was named or all were withdrawn. */
export async function delegateOf(
  { public: node, deployment }: ChainClient,
  owner: Address,
): Promise<{ key: Address; until: number }> {
  const [key, until] = await decodingErrors(
    node.readContract({
      ...{ address: deployment.contracts.datasets, abi: datasetsAbi, functionName: 'delegateOf', args: [owner] },
    }),
  );
  return { key, until: Number(until) };
}
