import { attestationsAbi } from '../abis.ts';
import type { ChainClient } from '../client/create-chain-client.ts';

/** What the contract Attestations owes at a block, in wei: the bonds of verifiers. */
export async function attestationsParts(
  { public: node, deployment }: ChainClient,
  blockNumber: bigint,
): Promise<{ bonds: bigint }> {
  const address = deployment.contracts.attestations;
  return {
    bonds: await node.readContract({ address, abi: attestationsAbi, functionName: 'totalBonds', blockNumber }),
  };
}
