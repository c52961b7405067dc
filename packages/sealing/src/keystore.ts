import { sealingError } from './errors.ts';

/** A secret under a passphrase: Web3 Secret Storage, version 3, with scrypt. What geth, MetaMask and others read. */
export interface Keystore {
  readonly version: 3;
  readonly id: string;
  readonly address?: string;
  readonly crypto: {
    readonly cipher: 'aes-128-ctr';
    readonly cipherparams: { readonly iv: string };
    readonly ciphertext: string;
    readonly kdf: 'scrypt';
    readonly kdfparams: {
      readonly dklen: 32;
      readonly n: number;
      readonly r: number;
      readonly p: number;
      readonly salt: string;
    };
    readonly mac: string;
  };
}

/** Longest text that is parsed, and longest secret that is stored, in bytes. */
const MAX_TEXT = 65_536;
export const MAX_SECRET_BYTES = 1_024;
/** n·r: 128 bytes of memory each, so 512 MiB; and n·r·p, the work. A key store that asks for more is an attack. */
const MAX_COST = 2 ** 22;

/**
 * The key store in a JSON text or a parsed value, checked: hex of the right lengths, scrypt parameters inside bounds.
 * Unknown members are ignored, other wallets write some.
 *
 * @throws `sealing.badKeystore`, with the member at fault as `place`
 */
export function parseKeystore(input: unknown): Keystore {
  const top = record(parseText(input), 'key store');
  if (top['version'] !== 3) throw bad('version', 'must be 3');
  const crypto = record(top['crypto'], 'crypto');
  if (crypto['cipher'] !== 'aes-128-ctr') throw bad('crypto.cipher', 'must be aes-128-ctr');
  if (crypto['kdf'] !== 'scrypt') throw bad('crypto.kdf', 'must be scrypt');
  const kdf = record(crypto['kdfparams'], 'crypto.kdfparams');
  const n = count(kdf['n'], 'crypto.kdfparams.n');
  const r = count(kdf['r'], 'crypto.kdfparams.r');
  const p = count(kdf['p'], 'crypto.kdfparams.p');
  if (n < 2 || !Number.isInteger(Math.log2(n))) throw bad('crypto.kdfparams.n', 'must be a power of two above 1');
  if (n * r * p > MAX_COST) throw bad('crypto.kdfparams', `asks for n·r·p above ${MAX_COST}`);
  if (kdf['dklen'] !== 32) throw bad('crypto.kdfparams.dklen', 'must be 32');
  const { id, address } = top;
  if (typeof id !== 'string' || id.length > 100) throw bad('id', 'must be a short text');
  if (address !== undefined && (typeof address !== 'string' || address.length > 100))
    throw bad('address', 'must be a short text');
  return {
    version: 3,
    id,
    ...(address === undefined ? {} : { address }),
    crypto: {
      cipher: 'aes-128-ctr',
      cipherparams: {
        iv: hex(record(crypto['cipherparams'], 'crypto.cipherparams')['iv'], 'crypto.cipherparams.iv', 16, 16),
      },
      ciphertext: hex(crypto['ciphertext'], 'crypto.ciphertext', 1, MAX_SECRET_BYTES),
      kdf: 'scrypt',
      kdfparams: { dklen: 32, n, r, p, salt: hex(kdf['salt'], 'crypto.kdfparams.salt', 8, 64) },
      mac: hex(crypto['mac'], 'crypto.mac', 32, 32),
    },
  };
}

function parseText(input: unknown): unknown {
  if (typeof input !== 'string') return input;
  if (input.length > MAX_TEXT) throw bad('key store', `is longer than ${MAX_TEXT} characters`);
  try {
    return JSON.parse(input) as unknown;
  } catch {
    throw bad('key store', 'is not JSON');
  }
}

function record(value: unknown, place: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw bad(place, 'must be an object');
  return value as Record<string, unknown>;
}

function count(value: unknown, place: string): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 1 || value > MAX_COST)
    throw bad(place, 'must be a whole number within bounds');
  return value;
}

function hex(value: unknown, place: string, min: number, max: number): string {
  if (
    typeof value !== 'string' ||
    !/^([0-9a-fA-F]{2})*$/.test(value) ||
    value.length < 2 * min ||
    value.length > 2 * max
  )
    throw bad(place, `must be hex of ${min === max ? min : `${min} to ${max}`} bytes`);
  return value.toLowerCase();
}

const bad = (place: string, message: string): Error =>
  sealingError({ code: 'sealing.badKeystore', message: `This is not a usable key store: ${place} ${message}.`, place });
