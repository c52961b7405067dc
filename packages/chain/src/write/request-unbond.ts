import { parseEventLogs } from 'viem';
import { stakingAbi } from '../abis.ts';
import type { ChainWriter } from '../client/chain-writer.ts';
import { STAKE_POOLS, type StakePool } from '../stake-pool.ts';
import { callContract } from './call-contract.ts';

/**
 * Starts to unbond `amount` wei of active stake that no job holds; the request's id and the second from which it pays out.
 *
 * @throws `chain.stakingInsufficient` `chain.stakingZeroAmount`
 */
export async function requestUnbond(
  writer: ChainWriter,
  { pool, amount, key }: { pool: StakePool; amount: bigint; key: string },
): Promise<{ id: bigint; availableAt: number }> {
  const args = [STAKE_POOLS[pool], amount] as const;
  const { logs } = await callContract(writer, {
    ...{ key, contract: 'staking', abi: stakingAbi, functionName: 'requestUnbond', args },
  });
  const [requested] = parseEventLogs({ abi: stakingAbi, logs: [...logs], eventName: 'UnbondRequested' });
  return { id: requested!.args.id, availableAt: Number(requested!.args.availableAt) };
}
