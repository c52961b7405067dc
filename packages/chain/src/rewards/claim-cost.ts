import type { Address } from '@encryptech/base';
import { encodeFunctionData } from 'viem';
import { rewardsAbi } from '../abis.ts';
import type { ChainClient } from '../client/create-chain-client.ts';
import { decodingErrors } from '../client/decode-chain-error.ts';

/**
 * What `claimRewards` would cost its sender now, in wei of the chain’s own coin: the gas that the node estimates on the pending state, at
 * the highest fee that a transaction would offer. What a layer-2 chain takes beside gas is not in it.
 *
 * @throws `chain.rewardsNotOpen` `chain.unreachable`
 */
export async function claimCost(
  { public: node, deployment }: ChainClient,
  { sender, provider, epochs }: { sender: Address; provider: Address; epochs: readonly bigint[] },
): Promise<bigint> {
  const data = encodeFunctionData({ abi: rewardsAbi, functionName: 'claimMany', args: [epochs, provider] });
  const call = { account: sender, to: deployment.contracts.rewards, data, blockTag: 'pending' } as const;
  const [gas, { maxFeePerGas }] = await decodingErrors(
    Promise.all([node.estimateGas(call), node.estimateFeesPerGas()]),
  );
  return gas * maxFeePerGas;
}
