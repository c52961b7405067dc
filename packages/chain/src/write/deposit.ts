import { jobsAbi } from '../abis.ts';
import type { ChainWriter, MinedTransaction } from '../client/chain-writer.ts';
import { approve } from './approve.ts';
import { callContract } from './call-contract.ts';

/**
 * Moves `amount` wei of ENC into the account's balance in Jobs, from which orders are paid: an approval, then the deposit.
 * Both carry the key, so that a repeated call pays once.
 *
 * @throws `chain.erc20InsufficientBalance` `chain.jobsZeroAmount`
 */
export async function deposit(
  writer: ChainWriter,
  { amount, key }: { amount: bigint; key: string },
): Promise<MinedTransaction> {
  if (amount > 0n) await approve(writer, { spender: 'jobs', amount, key: `${key}:approve` });
  return callContract(writer, { key, contract: 'jobs', abi: jobsAbi, functionName: 'deposit', args: [amount] });
}
