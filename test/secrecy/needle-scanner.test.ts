import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { createScanner } from './needle-scanner.ts';

// The scanner finds what is there: a secrecy test that can't fail would prove nothing.

const key = Uint8Array.from({ length: 32 }, (_, i) => (i * 37 + 11) & 0xff);
const row = new TextEncoder().encode('17.993417,10.384263');
const scanner = createScanner([
  { name: 'key', bytes: key },
  { name: 'row', bytes: row },
]);
const around = (text: string | Uint8Array): Buffer =>
  Buffer.concat([Buffer.from('…before it "'), Buffer.from(text), Buffer.from('" and after it')]);

test.each([
  ['raw', around(key)],
  ['at the very end', Buffer.from(key)],
  ['hex', around(Buffer.from(key).toString('hex'))],
  ['hex in capitals, one digit off', around(`f${Buffer.from(key).toString('hex').toUpperCase()}`)],
  ['base64', around(Buffer.from(key).toString('base64'))],
  [
    'base64url inside longer data',
    around(Buffer.concat([Buffer.from('xy'), key, Buffer.from('z')]).toString('base64url')),
  ],
  ['gzip', gzipSync(around(key))],
  ['hex in gzip', gzipSync(around(Buffer.from(key).toString('hex')))],
  ['base64 in hex', around(Buffer.from(Buffer.from(key).toString('base64')).toString('hex'))],
])('finds a key: %s', (_what, haystack) => {
  expect(scanner.scan(haystack)).toEqual(['key']);
});

test('finds text, and several needles', () => {
  expect(scanner.scan(Buffer.concat([around(row), around(key)]))).toEqual(['key', 'row']);
});

test('finds nothing where nothing is, not even most of a key', () => {
  expect(scanner.scan(around(key.slice(0, 31)))).toEqual([]);
  expect(scanner.scan(gzipSync(around('17.993417,10.384264')))).toEqual([]);
  expect(scanner.scan(new Uint8Array(0))).toEqual([]);
});

test('a needle that chance could find is refused', () => {
  expect(() => createScanner([{ name: 'pin', bytes: new Uint8Array(4) }])).toThrow('too short');
});
