import { toHex, utf8, type Hex } from '@encryptech/base';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { deriveCheckpointKey, deriveDataKey, deriveRandomnessRoot } from './dataset-keys.ts';
import { deriveKey } from './derive-key.ts';

const root = Uint8Array.from({ length: 32 }, (_, i) => i);
const job: Hex = `0x${'11'.repeat(32)}`;
const dataset: Hex = `0x${'22'.repeat(32)}`;

// Computed with the HKDF of Python's cryptography package.
test('derives what HKDF-SHA256 gives', () => {
  expect(toHex(deriveDataKey(root))).toBe('0xab274e4d2332c65b25946288b5f418c6dbd8253d09f87a1f0ba84dee4c144b7a');
  expect(toHex(deriveCheckpointKey(root, job))).toBe(
    '0xe2ab8ec326ba012316e40093991b4ed13aa265c254c33305191b13f05e940704',
  );
  expect(toHex(deriveRandomnessRoot(root, dataset, job))).toBe(
    '0x862558dd9d81ad37f2e9e77a2cce54af22b35a1f88d9255b3c36a5808c1ff35f',
  );
  expect(toHex(deriveKey(root, 'a', utf8('b'), utf8('')))).toBe(
    '0x836c5f3f52df20f2c58b6619ac91b8bc4c2a115c6d6d0f2cf489d1894c4fc3b5',
  );
});

test('no two different calls share a key, wherever label and contexts are divided', () => {
  const parts = fc.array(fc.string({ maxLength: 3 }), { minLength: 1, maxLength: 4 });
  const keyOf = ([label, ...context]: string[]) => toHex(deriveKey(root, `x${label}`, ...context.map(utf8)));
  fc.assert(
    fc.property(parts, parts, (a, b) => {
      expect(keyOf(a) === keyOf(b)).toBe(JSON.stringify(a.map(utf8Text)) === JSON.stringify(b.map(utf8Text)));
    }),
  );
  expect(keyOf(['ab', 'c'])).not.toBe(keyOf(['a', 'bc']));
  expect(keyOf(['a', 'b'])).not.toBe(keyOf(['a', 'b', '']));
});

test('the randomness of another job, another dataset or another secret is other randomness', () => {
  const other: Hex = `0x${'33'.repeat(32)}`;
  const secret = new Uint8Array(32).fill(9);
  const all = [
    deriveRandomnessRoot(root, dataset, job),
    deriveRandomnessRoot(root, job, dataset),
    deriveRandomnessRoot(root, dataset, other),
    deriveRandomnessRoot(root, other, job),
    deriveRandomnessRoot(secret, dataset, job),
    deriveCheckpointKey(root, job),
    deriveDataKey(root),
  ].map(toHex);
  expect(new Set(all).size).toBe(7);
});

test('refuses roots of another length, empty labels and short identifiers', () => {
  expect(() => deriveKey(new Uint8Array(31), 'a')).toThrow(expect.objectContaining({ code: 'sealing.badKey' }));
  expect(() => deriveKey(root, '')).toThrow(expect.objectContaining({ code: 'sealing.badKey' }));
  expect(() => deriveCheckpointKey(root, '0x11')).toThrow(expect.objectContaining({ code: 'base.badHex' }));
});

// Lone surrogates become U+FFFD in UTF-8, so the comparison is over what is encoded.
const utf8Text = (text: string) => toHex(utf8(text));
