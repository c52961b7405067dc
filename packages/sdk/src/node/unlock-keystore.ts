import { decryptKeystore } from '@encryptech/sealing';
import { readPrivateFile } from './private-file.ts';
import { readPassphrase, type PassphraseSource } from './read-passphrase.ts';

/**
 * The secret in a key store file (Web3 Secret Storage v3, mode 0600).
 *
 * @throws `sealing.wrongPassphrase` and `sealing.badKeystore` of the file, and what {@link readPassphrase} throws
 */
export async function unlockKeystore(path: string, source: PassphraseSource): Promise<Uint8Array> {
  const text = await readPrivateFile(path, 'key store');
  return decryptKeystore(text, await readPassphrase(source, path));
}
