import { treasuryAbi } from '../abis.ts';
import type { ChainWriter, MinedTransaction } from '../client/chain-writer.ts';
import { callContract } from './call-contract.ts';

/**
 * Sets how much ENC may leave the treasury or the ecosystem fund in each period, with the role TEAM.
 *
 * @throws `chain.accessManagedUnauthorized` `chain.accessManagedRequiredDelay`
 */
export const setBudget = (
  writer: ChainWriter,
  { of, limit, key }: { of: 'treasury' | 'ecosystemFund'; limit: bigint; key: string },
): Promise<MinedTransaction> => {
  const args = [writer.deployment.contracts.token, limit] as const;
  return callContract(writer, { key, contract: of, abi: treasuryAbi, functionName: 'setBudget', args });
};
