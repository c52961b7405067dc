import type { DatasetId } from '@encryptech/base';
import { datasetsAbi } from '../abis.ts';
import type { ChainWriter, MinedTransaction } from '../client/chain-writer.ts';
import { callContract } from './call-contract.ts';

/**
 * Changes the fee that a dataset's owner asks, in wei a job. The signed grant decides.
 *
 * @throws `chain.datasetsNotOwner`
 */
export const setDatasetFee = (
  writer: ChainWriter,
  { datasetId, fee, key }: { datasetId: DatasetId; fee: bigint; key: string },
): Promise<MinedTransaction> => {
  const args = [datasetId, fee] as const;
  return callContract(writer, { key, contract: 'datasets', abi: datasetsAbi, functionName: 'setFee', args });
};
