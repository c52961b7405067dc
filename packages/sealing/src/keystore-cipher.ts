import { concatBytes, utf8 } from '@encryptech/base';
import { scryptAsync } from '@noble/hashes/scrypt.js';
import { keccak_256 } from '@noble/hashes/sha3.js';

export interface ScryptCost {
  readonly n: number;
  readonly r: number;
  readonly p: number;
}

/** The two halves of a key store's derived key: bytes 0–15 encrypt, bytes 16–31 authenticate. */
export interface KeystoreKeys {
  readonly cipherKey: Uint8Array;
  readonly macKey: Uint8Array;
}

/** The keys of a passphrase (NFKC, UTF-8) by scrypt (RFC 7914). */
export async function keystoreKeys(
  passphrase: string,
  salt: Uint8Array,
  { n, r, p }: ScryptCost,
  onProgress: ((share: number) => void) | undefined,
): Promise<KeystoreKeys> {
  const options = { N: n, r, p, dkLen: 32, ...(onProgress === undefined ? {} : { onProgress }) };
  const derived = await scryptAsync(utf8(passphrase.normalize('NFKC')), salt, options);
  return { cipherKey: derived.subarray(0, 16), macKey: derived.subarray(16) };
}

/** keccak256(bytes 16–31 of the derived key, ciphertext): the key store's authenticator. */
export const keystoreMac = (macKey: Uint8Array, ciphertext: Uint8Array): Uint8Array =>
  keccak_256(concatBytes(macKey, ciphertext));

/** AES-128 in counter mode with a 128-bit counter: its own inverse. */
export async function keystoreCipher(cipherKey: Uint8Array, iv: Uint8Array, input: Uint8Array): Promise<Uint8Array> {
  const { subtle } = globalThis.crypto;
  const key = await subtle.importKey('raw', cipherKey as Uint8Array<ArrayBuffer>, 'AES-CTR', false, ['encrypt']);
  const algorithm = { name: 'AES-CTR', counter: iv as Uint8Array<ArrayBuffer>, length: 128 };
  return new Uint8Array(await subtle.encrypt(algorithm, key, input as Uint8Array<ArrayBuffer>));
}
