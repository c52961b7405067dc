import { encTokenAbi } from '../abis.ts';
import type { ChainWriter, MinedTransaction } from '../client/chain-writer.ts';
import type { ContractName } from '../deployment.ts';
import { callContract } from './call-contract.ts';

/** Lets a contract of the deployment take up to `amount` wei of the account's ENC; replaces an earlier approval. */
export const approve = (
  writer: ChainWriter,
  { spender, amount, key }: { spender: ContractName; amount: bigint; key: string },
): Promise<MinedTransaction> => {
  const args = [writer.deployment.contracts[spender], amount] as const;
  return callContract(writer, { key, contract: 'token', abi: encTokenAbi, functionName: 'approve', args });
};
