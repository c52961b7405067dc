import { toHex } from '@encryptech/base';
import { expect, test } from 'vitest';
import { deriveSecret } from './derive-secret.ts';
import { secretBytes } from './secret-bytes.ts';

const root = new Uint8Array(32).fill(7);

test('a label gives the same 32 bytes each time, and another label or root others', async () => {
  const one = await deriveSecret(root, 'a');
  expect(one).toHaveLength(32);
  expect(await deriveSecret(root, 'a')).toEqual(one);
  expect(await deriveSecret(root, 'b')).not.toEqual(one);
  expect(await deriveSecret(new Uint8Array(32).fill(8), 'a')).not.toEqual(one);
});

test('bytes of a key are its AES-256 keystream from counter 0', async () => {
  // The first block of AES-256 under a key of zeros on a block of zeros, FIPS 197.
  const key = new Uint8Array(32);
  expect(toHex(await secretBytes(key, 16))).toBe('0xdc95c078a2408989ad48a21492842087');
  expect(await secretBytes(key, 5)).toEqual((await secretBytes(key, 16)).slice(0, 5));
});
