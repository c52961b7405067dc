import { fromHex } from '@encryptech/base';
import { expect, test } from 'vitest';
import { readTdAttributes } from './td-attributes.ts';

const none = {
  debug: false,
  septVeDisable: false,
  migratable: false,
  pks: false,
  kl: false,
  perfmon: false,
  reservedAttributes: false,
};

// Bits by their number, least significant byte first.
test.each([
  [0, { debug: true }],
  [7, { debug: true }],
  [8, { reservedAttributes: true }],
  [26, { reservedAttributes: true }],
  [27, {}],
  [28, { septVeDisable: true }],
  [29, { migratable: true }],
  [30, { pks: true }],
  [31, { kl: true }],
  [32, { reservedAttributes: true }],
  [61, { reservedAttributes: true }],
  [62, {}],
  [63, { perfmon: true }],
])('bit %i', (bit, expected) => {
  const bytes = new Uint8Array(8);
  bytes[bit >> 3] = 1 << (bit & 7);
  expect(readTdAttributes(bytes)).toEqual({ ...none, ...expected });
});

test('the attributes of a genuine TD', () => {
  expect(readTdAttributes(fromHex('0000001000000000'))).toEqual({ ...none, septVeDisable: true });
});
