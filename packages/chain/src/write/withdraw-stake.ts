import { stakingAbi } from '../abis.ts';
import type { ChainWriter, MinedTransaction } from '../client/chain-writer.ts';
import { STAKE_POOLS, type StakePool } from '../stake-pool.ts';
import { callContract } from './call-contract.ts';

/**
 * Pays out an unbonding request whose period is over.
 *
 * @throws `chain.stakingStillUnbonding` `chain.stakingUnknownRequest`
 */
export const withdrawStake = (
  writer: ChainWriter,
  { pool, id }: { pool: StakePool; id: bigint },
): Promise<MinedTransaction> =>
  callContract(writer, {
    ...{ key: `withdrawStake:${pool}:${id}`, contract: 'staking', abi: stakingAbi, functionName: 'withdraw' },
    args: [STAKE_POOLS[pool], id],
  });
