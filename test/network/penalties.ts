import { faultsAbi, type ChainClient } from '@encryptech/chain';

/** What the treasury has had from penalties, in wei: it comes out of providers' stakes. */
export async function penaltiesToTreasury({ public: node, deployment }: ChainClient): Promise<bigint> {
  const executed = await node.getContractEvents({
    ...{ address: deployment.contracts.faults, abi: faultsAbi, eventName: 'FaultExecuted', fromBlock: 0n },
  });
  return executed.reduce((sum, { args }) => sum + (args.toTreasury ?? 0n), 0n);
}
