import { jobsAbi } from '../abis.ts';
import type { ChainWriter, MinedTransaction } from '../client/chain-writer.ts';
import { callContract } from './call-contract.ts';

/**
 * Pays `amount` wei of ENC out of the account's balance in Jobs.
 *
 * @throws `chain.jobsInsufficientBalance` `chain.jobsZeroAmount`
 */
export const withdraw = (
  writer: ChainWriter,
  { amount, key }: { amount: bigint; key: string },
): Promise<MinedTransaction> =>
  callContract(writer, { key, contract: 'jobs', abi: jobsAbi, functionName: 'withdraw', args: [amount] });
