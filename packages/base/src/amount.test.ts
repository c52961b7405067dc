import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatEnc, parseEnc } from './amount.ts';

test('amounts are exact to the wei', () => {
  expect(parseEnc('12.5')).toBe(12_500_000_000_000_000_000n);
  expect(parseEnc('0.000000000000000001')).toBe(1n);
  expect(formatEnc(1n)).toBe('0.000000000000000001');
  expect(formatEnc(12_500_000_000_000_000_000n)).toBe('12.5');
  expect(formatEnc(-1_250_000_000_000_000_000n, 1)).toBe('-1.2');
});

test('what is written reads back', () => {
  fc.assert(fc.property(fc.bigInt({ min: 0n, max: 10n ** 27n }), (wei) => parseEnc(formatEnc(wei)) === wei));
});

test.each(['', '-1', '1e3', '1,5', '0.0000000000000000001', 'NaN', '1.'])('"%s" is refused', (text) => {
  expect(() => parseEnc(text)).toThrow(expect.objectContaining({ code: 'base.badAmount' }));
});
