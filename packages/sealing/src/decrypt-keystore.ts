import { equalBytes, fromHex } from '@encryptech/base';
import { sealingError } from './errors.ts';
import { keystoreCipher, keystoreKeys, keystoreMac } from './keystore-cipher.ts';
import { parseKeystore } from './keystore.ts';

export interface DecryptKeystoreOptions {
  /** Called with the share of the key derivation that is done, 0 to 1. */
  readonly onProgress?: (share: number) => void;
}

/**
 * The secret in a key store: its JSON text or the parsed value, as {@link parseKeystore} takes it.
 *
 * @throws `sealing.badKeystore`, `sealing.wrongPassphrase` (also when the file was altered: the standard can't tell)
 */
export async function decryptKeystore(
  keystore: unknown,
  passphrase: string,
  { onProgress }: DecryptKeystoreOptions = {},
): Promise<Uint8Array> {
  const { crypto } = parseKeystore(keystore);
  const ciphertext = fromHex(crypto.ciphertext);
  const { cipherKey, macKey } = await keystoreKeys(
    passphrase,
    fromHex(crypto.kdfparams.salt),
    crypto.kdfparams,
    onProgress,
  );
  if (!equalBytes(keystoreMac(macKey, ciphertext), fromHex(crypto.mac))) {
    throw sealingError({
      code: 'sealing.wrongPassphrase',
      message: 'The key store does not open with this passphrase, or it was altered.',
    });
  }
  return keystoreCipher(cipherKey, fromHex(crypto.cipherparams.iv), ciphertext);
}
