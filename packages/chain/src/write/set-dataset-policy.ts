import type { DatasetId, Sha256 } from '@encryptech/base';
import { datasetsAbi } from '../abis.ts';
import type { ChainWriter, MinedTransaction } from '../client/chain-writer.ts';
import { callContract } from './call-contract.ts';

/**
 * Replaces a dataset's release policy, as its owner; grants under the old one are void for new matches.
 *
 * @throws `chain.datasetsNotOwner`
 */
export const setDatasetPolicy = (
  writer: ChainWriter,
  { datasetId, policyDigest, key }: { datasetId: DatasetId; policyDigest: Sha256; key: string },
): Promise<MinedTransaction> => {
  const args = [datasetId, policyDigest] as const;
  return callContract(writer, { key, contract: 'datasets', abi: datasetsAbi, functionName: 'setPolicy', args });
};
