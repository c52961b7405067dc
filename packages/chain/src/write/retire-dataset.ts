import type { DatasetId } from '@encryptech/base';
import { datasetsAbi } from '../abis.ts';
import type { ChainWriter, MinedTransaction } from '../client/chain-writer.ts';
import { callContract } from './call-contract.ts';

/**
 * Ends new jobs on a dataset for ever, as its owner.
 *
 * @throws `chain.datasetsNotOwner`
 */
export const retireDataset = (
  writer: ChainWriter,
  { datasetId }: { datasetId: DatasetId },
): Promise<MinedTransaction> =>
  callContract(writer, {
    ...{ key: `retireDataset:${datasetId}`, contract: 'datasets', abi: datasetsAbi, functionName: 'retire' },
    args: [datasetId],
  });
