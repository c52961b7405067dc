import { expect, test } from 'vitest';
import { utf8 } from './bytes.ts';
import { cidOf, cidOfDigest, digestOf, digestOfCid } from './digest.ts';

// FIPS 180-4, the one-block example "abc".
const ABC = '0xba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';

test('digest and CID name each other', () => {
  expect(digestOf(utf8('abc'))).toBe(ABC);
  expect(cidOf(utf8('abc'))).toBe('bafkreif2pall7dybz7vecqka3zo24irdwabwdi4wc55jznaq75q7eaavvu');
  expect(digestOfCid(cidOfDigest(ABC))).toBe(ABC);
});

test.each(['', 'hello', 'QmdfTbBqBPQ7VNxZEYEj14VmRuZBkqFbiwReogJgS1zR1n'])('"%s" is refused', (text) => {
  expect(() => digestOfCid(text)).toThrow(expect.objectContaining({ code: 'base.badCid' }));
});
