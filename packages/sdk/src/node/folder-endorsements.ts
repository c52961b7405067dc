import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createEndorsementStore, noEndorsements, type Endorsements } from '@encryptech/attestation';
import { localError } from './errors.ts';

/**
 * The vendors' documents of a folder, whatever their names and formats; none without a folder. It is read anew at each
 * question: whoever keeps documents fresh only writes files.
 *
 * @throws `sdk.noFile` when the folder can't be read; from `get` also `attestation.tooLarge` and what the documents are refused for
 */
export async function folderEndorsements(folder: string | undefined): Promise<Endorsements> {
  if (folder === undefined) return noEndorsements;
  await documentsIn(folder);
  return { get: async (query, now) => createEndorsementStore(await documentsIn(folder)).get(query, now) };
}

async function documentsIn(folder: string): Promise<Uint8Array[]> {
  try {
    const names = (await readdir(folder)).filter((name) => !name.startsWith('.')).sort();
    return await Promise.all(names.map(async (name) => new Uint8Array(await readFile(join(folder, name)))));
  } catch (cause) {
    throw localError({
      code: 'sdk.noFile',
      message: 'The folder of vendors’ documents can’t be read.',
      place: folder,
      hint: 'Make the folder, or take endorsementsDir out of the configuration.',
      cause,
    });
  }
}
