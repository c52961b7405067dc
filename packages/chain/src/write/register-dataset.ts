import type { DatasetId, Hex, Sha256 } from '@encryptech/base';
import { datasetIdOf } from '@encryptech/protocol';
import { datasetsAbi } from '../abis.ts';
import type { ChainWriter, MinedTransaction } from '../client/chain-writer.ts';
import { callContract } from './call-contract.ts';

/** What an owner registers: digests, the budget (ε × 10^6 at δ = 10^-deltaExponent), the fee in wei, the least level. */
export interface DatasetTerms {
  /** Of the encrypted file. */
  digest: Sha256;
  schemaDigest: Sha256;
  manifestDigest: Sha256;
  policyDigest: Sha256;
  epsilonCapMicro: number;
  deltaExponent: number;
  fee: bigint;
  minLevel: number;
  /** A label of at most 32 bytes, or a digest, that says what one privacy unit is. */
  unit: Hex;
}

/**
 * Registers a dataset of the account.
 *
 * @throws `chain.datasetsAlreadyRegistered` `chain.datasetsBadTerms` `chain.enforcedPause`
 */
export async function registerDataset(
  writer: ChainWriter,
  terms: DatasetTerms,
): Promise<{ datasetId: DatasetId; transaction: MinedTransaction }> {
  const datasetId = datasetIdOf(writer.account, terms.digest);
  const transaction = await callContract(writer, {
    ...{ key: `registerDataset:${datasetId}`, contract: 'datasets', abi: datasetsAbi, functionName: 'register' },
    args: [terms],
  });
  return { datasetId, transaction };
}
