import { zeroHash, type Address, type Hex } from 'viem';
import { treasuryAbi } from '../abis.ts';
import type { ChainWriter, MinedTransaction } from '../client/chain-writer.ts';
import { callContract } from './call-contract.ts';

/**
 * Pays ENC out of the treasury or the ecosystem fund, with the role TREASURER, within the period's budget.
 *
 * @throws `chain.treasuryBudgetExceeded` `chain.accessManagedUnauthorized` `chain.accessManagedRequiredDelay`
 */
export const spendTreasury = (
  writer: ChainWriter,
  {
    from,
    to,
    amount,
    purpose = zeroHash,
    key,
  }: { from: 'treasury' | 'ecosystemFund'; to: Address; amount: bigint; purpose?: Hex; key: string },
): Promise<MinedTransaction> => {
  const args = [writer.deployment.contracts.token, to, amount, purpose] as const;
  return callContract(writer, { key, contract: from, abi: treasuryAbi, functionName: 'spend', args });
};
