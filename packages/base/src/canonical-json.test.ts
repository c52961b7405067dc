import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalJson, type Json } from './canonical-json.ts';

test('keys are sorted, undefined is left out, numbers print as ECMAScript does', () => {
  expect(canonicalJson({ b: [1e21, 1e-7, -0, 1.5], a: { z: null, y: undefined, é: 'x"' } })).toBe(
    '{"a":{"z":null,"é":"x\\""},"b":[1e+21,1e-7,0,1.5]}',
  );
});

test('the order of keys does not matter and nothing is lost', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
      const reversed = Object.fromEntries(Object.entries(value).reverse());
      const text = canonicalJson(value as Json);
      expect(canonicalJson(reversed as Json)).toBe(text);
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});

test.each([Number.NaN, Number.POSITIVE_INFINITY])('%s has no canonical form', (value) => {
  expect(() => canonicalJson({ a: value })).toThrow(expect.objectContaining({ code: 'base.notCanonical' }));
});
