import { stakingAbi } from '../abis.ts';
import type { ChainWriter, MinedTransaction } from '../client/chain-writer.ts';
import { STAKE_POOLS, type StakePool } from '../stake-pool.ts';
import { approve } from './approve.ts';
import { callContract } from './call-contract.ts';

/**
 * Adds `amount` wei of ENC to the account's stake: an approval, then the stake. It counts from the next epoch.
 *
 * @throws `chain.erc20InsufficientBalance` `chain.stakingZeroAmount`
 */
export async function stake(
  writer: ChainWriter,
  { pool, amount, key }: { pool: StakePool; amount: bigint; key: string },
): Promise<MinedTransaction> {
  if (amount > 0n) await approve(writer, { spender: 'staking', amount, key: `${key}:approve` });
  const args = [STAKE_POOLS[pool], amount] as const;
  return callContract(writer, { key, contract: 'staking', abi: stakingAbi, functionName: 'stake', args });
}
