import { founderVestingAbi } from '../abis.ts';
import type { ChainClient } from '../client/create-chain-client.ts';
import { inBatches } from './in-batches.ts';

/** What lies in the founders' contract at a block, in wei: vested and not fetched yet, and not vested. */
export async function foundersParts(
  { public: node, deployment }: ChainClient,
  blockNumber: bigint,
): Promise<{ vested: bigint; unvested: bigint }> {
  const at = { address: deployment.contracts.founderVesting, abi: founderVestingAbi, blockNumber } as const;
  const { timestamp } = await node.getBlock({ blockNumber });
  const count = await node.readContract({ ...at, functionName: 'grantCount' });
  const grants = await inBatches(
    Array.from({ length: Number(count) }, (_, index) => BigInt(index)),
    async (index) => {
      const [grant, vested] = await Promise.all([
        node.readContract({ ...at, functionName: 'grantOf', args: [index] }),
        node.readContract({ ...at, functionName: 'vestedAt', args: [index, timestamp] }),
      ]);
      return { vested: vested - grant.released, unvested: grant.amount - vested };
    },
  );
  return {
    vested: grants.reduce((sum, { vested }) => sum + vested, 0n),
    unvested: grants.reduce((sum, { unvested }) => sum + unvested, 0n),
  };
}
