import { faultsAbi } from '../abis.ts';
import type { ChainClient } from '../client/create-chain-client.ts';

/** What the contract Faults owes at a block, in wei: open bonds and balances that can be withdrawn. */
export async function faultsParts(
  { public: node, deployment }: ChainClient,
  blockNumber: bigint,
): Promise<{ owed: bigint }> {
  const address = deployment.contracts.faults;
  return { owed: await node.readContract({ address, abi: faultsAbi, functionName: 'held', blockNumber }) };
}
