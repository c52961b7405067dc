import { cidOfDigest } from '@encryptech/base';
import { registerDataset, type ChainWriter } from '@encryptech/chain';
import { datasetManifestDigest, type BlobStore } from '@encryptech/protocol';
import { unitDigest, type PreparedDataset } from './prepare-dataset.ts';

export interface PublishDatasetOptions {
  prepared: PreparedDataset;
  blobs: BlobStore;
  writer: ChainWriter;
  /**
   * Keeps what only the owner has: secret, policy, manifest. Called first and waited for, since ciphertext without its secret
   * is lost.
   */
  keep: (prepared: PreparedDataset) => Promise<void>;
}

/**
 * Publishes a prepared dataset: keeps the secret, uploads the ciphertext, registers digests, budget, fee and policy on chain.
 * Repeating it after a fault uploads and registers nothing twice.
 *
 * @throws `chain.datasetsAlreadyRegistered`, `chain.datasetsBadTerms`, and what the blob store throws
 */
export async function publishDataset({ prepared, blobs, writer, keep }: PublishDatasetOptions): Promise<void> {
  const { manifest, ciphertext } = prepared;
  await keep(prepared);
  const cid = cidOfDigest(manifest.blob);
  if (!(await blobs.has(cid))) await blobs.put(ciphertext, { expected: cid });
  await registerDataset(writer, {
    digest: manifest.blob,
    schemaDigest: manifest.schemaDigest,
    manifestDigest: datasetManifestDigest(manifest),
    policyDigest: manifest.policyDigest,
    epsilonCapMicro: manifest.epsilonCapMicro,
    deltaExponent: manifest.deltaExponent,
    fee: BigInt(manifest.fee),
    minLevel: manifest.minLevel,
    unit: unitDigest(manifest),
  });
}
