import fc from 'fast-check';
import { expect, test } from 'vitest';
import { codeOf } from '../../test/fixture.ts';
import { jsonSlices } from './json-slices.ts';

const slices = (text: string) => [...jsonSlices(text)];

test('gives the exact text of each value, whatever is inside', () => {
  expect(slices('{"a":{"x": [1, "}"],"y":"\\"]"},"b":"\\\\", "c" : -1e5 ,"d":[[]]}')).toEqual([
    ['a', '{"x": [1, "}"],"y":"\\"]"}'],
    ['b', '"\\\\"'],
    ['c', '-1e5'],
    ['d', '[[]]'],
  ]);
  expect(slices(' {} ')).toEqual([]);
  expect(slices('{"\\u0061":1}')).toEqual([['a', '1']]);
});

test('refuses what is no object, goes on, stops short, or says a thing twice', async () => {
  for (const text of [
    '',
    '[]',
    '"a"',
    '{',
    '{"a"',
    '{"a":',
    '{"a":1',
    '{"a":1,}',
    '{"a":1}x',
    '{"a":1,"a":2}',
    '{a:1}',
  ])
    expect(await codeOf(() => jsonSlices(text)), text).toBe('attestation.badEndorsement');
  expect(await codeOf(() => jsonSlices('{"a":1,"\\u0061":2}'))).toBe('attestation.badEndorsement');
});

test('finds in written JSON the members that JSON.parse finds', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
      const json = { ...value };
      for (const text of [JSON.stringify(json), JSON.stringify(json, null, 2)]) {
        const found = [...jsonSlices(text)].map(([name, slice]) => [name, JSON.parse(slice) as unknown]);
        expect(found).toEqual(Object.entries(JSON.parse(text) as object));
      }
    }),
  );
});
