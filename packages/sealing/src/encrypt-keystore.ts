import { toHex } from '@encryptech/base';
import { sealingError } from './errors.ts';
import { keystoreCipher, keystoreKeys, keystoreMac } from './keystore-cipher.ts';
import { MAX_SECRET_BYTES, type Keystore } from './keystore.ts';

/** 128 MiB and about a second: OWASP's first choice for scrypt (Password Storage Cheat Sheet). */
const COST = { n: 2 ** 17, r: 8, p: 1 };
const INSECURE_COST = { n: 2 ** 10, r: 8, p: 1 };

export interface EncryptKeystoreOptions {
  /** Stored in clear, so that a wallet can be found without its passphrase. */
  readonly address?: string;
  /** Called with the share of the key derivation that is done, 0 to 1. */
  readonly onProgress?: (share: number) => void;
  /** Derives the key a hundred times faster, for tests: a guessable passphrase then falls in no time. */
  readonly insecureFastKdf?: boolean;
}

/**
 * The key store of a secret of 1 to 1024 bytes under a passphrase: Web3 Secret Storage v3 (scrypt, aes-128-ctr,
 * keccak256), with fresh salt and iv. Write its JSON with mode 0600.
 *
 * @throws `sealing.badKey` for an empty or too long secret, `sealing.badPassphrase` for an empty passphrase
 */
export async function encryptKeystore(
  secret: Uint8Array,
  passphrase: string,
  { address, onProgress, insecureFastKdf = false }: EncryptKeystoreOptions = {},
): Promise<Keystore> {
  if (secret.length < 1 || secret.length > MAX_SECRET_BYTES) {
    throw sealingError({ code: 'sealing.badKey', message: `A key store holds 1 to ${MAX_SECRET_BYTES} bytes.` });
  }
  if (passphrase === '') throw sealingError({ code: 'sealing.badPassphrase', message: 'The passphrase is empty.' });
  const cost = insecureFastKdf ? INSECURE_COST : COST;
  const salt = random(32);
  const iv = random(16);
  const { cipherKey, macKey } = await keystoreKeys(passphrase, salt, cost, onProgress);
  const ciphertext = await keystoreCipher(cipherKey, iv, secret);
  return {
    version: 3,
    id: newUuid(),
    ...(address === undefined ? {} : { address }),
    crypto: {
      cipher: 'aes-128-ctr',
      cipherparams: { iv: digits(iv) },
      ciphertext: digits(ciphertext),
      kdf: 'scrypt',
      kdfparams: { dklen: 32, ...cost, salt: digits(salt) },
      mac: digits(keystoreMac(macKey, ciphertext)),
    },
  };
}

const random = (length: number): Uint8Array => globalThis.crypto.getRandomValues(new Uint8Array(length));
const digits = (bytes: Uint8Array): string => toHex(bytes).slice(2);

/** A random UUID, version 4 (RFC 9562). `crypto.randomUUID` is missing on pages without TLS. */
function newUuid(): string {
  const bytes = random(16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  return digits(bytes).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
