import { resolve } from 'node:path';
import { createEndorsementStore, type Endorsements } from '@encryptech/attestation';
import { EncryptechError, isEncryptechError, utf8 } from '@encryptech/base';
import { cliError } from '../errors.ts';
import { readInput, readJsonInput } from '../read-input.ts';

/**
 * The endorsements in files that the user named: Intel's collateral in JSON, certificates and revocation lists in PEM or DER.
 * `FILE#member` takes one text out of a JSON file.
 *
 * @throws `cli.fileMissing`, `cli.badFile`; the codes of `createEndorsementStore` with the file as `place`
 */
export async function readEndorsements(cwd: string, names: readonly string[]): Promise<Endorsements> {
  const documents: Uint8Array[] = [];
  for (const name of names) {
    const bytes = await readDocument(cwd, name);
    try {
      // Once alone, so that what can't be read is named.
      createEndorsementStore([bytes]);
    } catch (error) {
      if (!isEncryptechError(error)) throw error;
      const { code, message, hint, data } = error;
      throw new EncryptechError({ code, message, hint, data, place: name, cause: error });
    }
    documents.push(bytes);
  }
  return createEndorsementStore(documents);
}

async function readDocument(cwd: string, name: string): Promise<Uint8Array> {
  const [path, member] = name.split('#') as [string, string | undefined];
  if (member === undefined) return readInput(resolve(cwd, path));
  const value = (await readJsonInput(resolve(cwd, path))) as Readonly<Record<string, unknown>> | null;
  const text = value?.[member];
  if (typeof text !== 'string') {
    throw cliError({ code: 'cli.badFile', message: `The JSON has no text "${member}".`, place: name });
  }
  return utf8(text);
}
