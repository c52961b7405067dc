import fc from 'fast-check';
import { expect, test } from 'vitest';
import { concatBytes, equalBytes, fromHex, toHex, utf8 } from './bytes.ts';

test('hex reads back', () => {
  fc.assert(fc.property(fc.uint8Array(), (bytes) => equalBytes(fromHex(toHex(bytes)), bytes)));
});

test.each([
  ['0x1', undefined],
  ['zz', undefined],
  ['0xabcd', 3],
])('"%s" is refused', (text, length) => {
  expect(() => fromHex(text, length)).toThrow(expect.objectContaining({ code: 'base.badHex' }));
});

test('joining and comparing', () => {
  expect(toHex(concatBytes(utf8('a'), new Uint8Array(), utf8('bc')))).toBe('0x616263');
  expect(equalBytes(utf8('ab'), utf8('ac'))).toBe(false);
  expect(equalBytes(utf8('ab'), utf8('abc'))).toBe(false);
});
