import { fromHex, isEncryptechError, toHex, utf8 } from '@encryptech/base';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decryptKeystore } from './decrypt-keystore.ts';
import { encryptKeystore } from './encrypt-keystore.ts';
import { parseKeystore } from './keystore.ts';

// The scrypt test vector of the Web3 Secret Storage Definition, version 3.
const published = {
  crypto: {
    cipher: 'aes-128-ctr',
    cipherparams: { iv: '83dbcc02d8ccb40e466191a123791e0e' },
    ciphertext: 'd172bf743a674da9cdad04534d56926ef8358534d458fffccd4e6ad2fbde479c',
    kdf: 'scrypt',
    kdfparams: {
      dklen: 32,
      n: 262144,
      r: 1,
      p: 8,
      salt: 'ab0c7876052600dd703518d6fc3fe8984592145b591fc8fb5c6d43190334ba19',
    },
    mac: '2103ac29920d71da29f15d75b4a16dbe95cfd7ff8faea1056c33131d846e3097',
  },
  id: '3198bc9c-6672-5ab3-d995-4942343ae5b6',
  version: 3,
};
const secret = fromHex('7a28b5ba57c53603b0b07b56bba752f7784bf506fa95edc395f5cf6c7514fe9d');
const fast = { insecureFastKdf: true };

test('opens the published vector', async () => {
  expect(toHex(await decryptKeystore(JSON.stringify(published), 'testpassword'))).toBe(toHex(secret));
});

test('new key stores take 128 MiB to guess at', async () => {
  const progress: number[] = [];
  const store = await encryptKeystore(secret, 'correct horse', { onProgress: (share) => progress.push(share) });
  expect(store.crypto.kdfparams).toMatchObject({ dklen: 32, n: 131_072, r: 8, p: 1 });
  expect(progress.at(-1)).toBe(1);
});

test('what is stored comes back as JSON, whatever secret and passphrase', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ minLength: 1, maxLength: 100 }),
      fc.string({ minLength: 1, unit: 'binary' }),
      async (bytes, passphrase) => {
        const text = JSON.stringify(await encryptKeystore(bytes, passphrase, fast));
        expect(toHex(await decryptKeystore(text, passphrase))).toBe(toHex(bytes));
      },
    ),
    { numRuns: 15 },
  );
});

test('a passphrase is the same however its accents are composed', async () => {
  const store = await encryptKeystore(secret, 'caf\u00e9', fast);
  expect(toHex(await decryptKeystore(store, 'cafe\u0301'))).toBe(toHex(secret));
});

test('keeps the address in clear and never stores the same twice', async () => {
  const address = '0x008aeeda4d805471df9b2a5b0f38a0c3bcba786b';
  const [a, b] = [await encryptKeystore(secret, 'x', { ...fast, address }), await encryptKeystore(secret, 'x', fast)];
  expect(parseKeystore(a).address).toBe(address);
  expect(parseKeystore(b)).not.toHaveProperty('address');
  expect(a.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  for (const field of ['ciphertext', 'mac'] as const) expect(a.crypto[field]).not.toBe(b.crypto[field]);
  expect(a.crypto.cipherparams.iv).not.toBe(b.crypto.cipherparams.iv);
});

test('a wrong passphrase and an altered key store are one typed error that tells no secret', async () => {
  const store = await encryptKeystore(secret, 'open sesame', fast);
  const altered = { ...store, crypto: { ...store.crypto, ciphertext: store.crypto.ciphertext.replace(/^../, 'zz') } };
  const codes: string[] = [];
  const flipped = (Number.parseInt(store.crypto.ciphertext.slice(0, 2), 16) ^ 1).toString(16).padStart(2, '0');
  altered.crypto.ciphertext = flipped + store.crypto.ciphertext.slice(2);
  for (const [value, passphrase] of [
    [store, 'open sesam'],
    [store, ''],
    [altered, 'open sesame'],
  ] as const) {
    const error = await decryptKeystore(value, passphrase).catch((caught: unknown) => caught);
    if (!isEncryptechError(error)) throw error;
    codes.push(error.code);
    expect(JSON.stringify(error) + error.stack).not.toMatch(/open sesam|7a28b5ba/);
  }
  expect(codes).toEqual(Array(3).fill('sealing.wrongPassphrase'));
});

test.each<[string, unknown]>([
  ['key store', 'not json'],
  ['key store', ' '.repeat(70_000)],
  ['key store', null],
  ['key store', []],
  ['version', { ...published, version: 4 }],
  ['version', { ...published, version: '3' }],
  ['id', { ...published, id: 1 }],
  ['address', { ...published, address: {} }],
  ['crypto', { ...published, crypto: 'x' }],
  ['crypto.cipher', withCrypto({ cipher: 'aes-128-cbc' })],
  ['crypto.kdf', withCrypto({ kdf: 'pbkdf2' })],
  ['crypto.cipherparams', withCrypto({ cipherparams: null })],
  ['crypto.cipherparams.iv', withCrypto({ cipherparams: { iv: '00' } })],
  ['crypto.ciphertext', withCrypto({ ciphertext: '' })],
  ['crypto.ciphertext', withCrypto({ ciphertext: 'ab'.repeat(1_025) })],
  ['crypto.ciphertext', withCrypto({ ciphertext: '0xab' })],
  ['crypto.mac', withCrypto({ mac: 'ab' })],
  ['crypto.kdfparams', withCrypto({ kdfparams: undefined })],
  ['crypto.kdfparams', withCost({ n: 2 ** 20, r: 8 })],
  ['crypto.kdfparams', withCost({ n: 2 ** 10, r: 1, p: 8_192 })],
  ['crypto.kdfparams.n', withCost({ n: 1 })],
  ['crypto.kdfparams.n', withCost({ n: 1_000 })],
  ['crypto.kdfparams.n', withCost({ n: 2 ** 40 })],
  ['crypto.kdfparams.n', withCost({ n: -2 })],
  ['crypto.kdfparams.n', withCost({ n: '1024' })],
  ['crypto.kdfparams.r', withCost({ r: 0 })],
  ['crypto.kdfparams.r', withCost({ r: 1.5 })],
  ['crypto.kdfparams.p', withCost({ p: Number.NaN })],
  ['crypto.kdfparams.dklen', withCost({ dklen: 64 })],
  ['crypto.kdfparams.salt', withCost({ salt: '' })],
])('a key store is refused before any work: %s', async (place, value) => {
  await expect(decryptKeystore(value, 'testpassword')).rejects.toMatchObject({ code: 'sealing.badKeystore', place });
});

test('any JSON value is a key store or a typed refusal', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      for (const input of [value, JSON.stringify(value), { ...published, crypto: value }])
        expect(() => parseKeystore(input)).toThrow(expect.objectContaining({ code: 'sealing.badKeystore' }));
    }),
  );
});

test('refuses secrets of no or too many bytes and an empty passphrase', async () => {
  for (const bytes of [new Uint8Array(0), new Uint8Array(1_025)])
    await expect(encryptKeystore(bytes, 'x', fast)).rejects.toMatchObject({ code: 'sealing.badKey' });
  await expect(encryptKeystore(utf8('x'), '', fast)).rejects.toMatchObject({ code: 'sealing.badPassphrase' });
});

function withCrypto(change: object): unknown {
  return { ...published, crypto: { ...published.crypto, ...change } };
}

function withCost(change: object): unknown {
  return withCrypto({ kdfparams: { ...published.crypto.kdfparams, ...change } });
}
