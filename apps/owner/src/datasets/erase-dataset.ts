import { open, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { canonicalJson, type DatasetId, type Json, type Sha256 } from '@encryptech/base';
import { digestDocument } from '@encryptech/protocol';
import { writePrivateFile } from '@encryptech/sdk/node';
import { ownerError } from '../errors.ts';

/** What is registered in the place of a policy once the key is destroyed: everybody can recompute its digest. */
export interface ErasureStatement {
  readonly version: 1;
  readonly dataset: DatasetId;
  readonly statement: 'The key of this dataset is destroyed. No copy of the encrypted file can be opened any more.';
  /** Unix seconds. */
  readonly at: number;
}

export const erasureStatement = (dataset: DatasetId, at: number): ErasureStatement => ({
  ...{ version: 1, dataset, at },
  statement: 'The key of this dataset is destroyed. No copy of the encrypted file can be opened any more.',
});

/** What the chain registers instead of the policy's digest. No policy has it, so no release passes from then on. */
export const erasureDigest = (statement: ErasureStatement): Sha256 => digestDocument(statement);

/**
 * Destroys the secret that all keys of a dataset follow from (crypto-shredding): its file is overwritten, synced and removed,
 * and the statement is left in its place. The encrypted blobs may stay where they are. Copies that the owner made of the
 * secret file, and disks that keep old blocks, are beyond this program's reach.
 *
 * @throws `owner.badDataset` when there is no secret
 */
export async function eraseDataset(folder: string, statement: ErasureStatement): Promise<void> {
  const path = join(folder, statement.dataset, 'secret.json');
  const size = await stat(path).then(
    (facts) => facts.size,
    () => undefined,
  );
  if (size === undefined) {
    throw ownerError({
      code: 'owner.badDataset',
      message: 'There is no key of this dataset here: it was destroyed, or never was.',
      place: statement.dataset,
    });
  }
  await writePrivateFile(join(folder, statement.dataset, 'erasure.json'), canonicalJson(statement as unknown as Json));
  const file = await open(path, 'r+');
  try {
    for (let at = 0; at < size; at += 65_536) {
      const noise = globalThis.crypto.getRandomValues(new Uint8Array(Math.min(65_536, size - at)));
      await file.write(noise, 0, noise.length, at);
    }
    await file.sync();
  } finally {
    await file.close();
  }
  await rm(path);
}
