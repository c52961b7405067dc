import { concatBytes, fromHex, toHex } from '@encryptech/base';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { codeOf } from '../../test/fixture.ts';
import { derElements } from './der-reader.ts';
import { der, derInteger, derOid, derUtcTime } from './der-writer.ts';

const readCode = (bytes: Uint8Array) => codeOf(() => derElements(bytes));

test('what is written comes back, at each length form', () => {
  for (const length of [0, 1, 127, 128, 255, 256, 65_535, 65_536, 262_144]) {
    const content = new Uint8Array(length).fill(7);
    const [element, ...rest] = derElements(der(0x04, content));
    expect(rest).toEqual([]);
    expect([element!.tag, element!.content.length, toHex(element!.content)]).toEqual([4, length, toHex(content)]);
  }
});

// X.690: 8.3 integers, 8.19 object identifiers; RFC 5280 4.1.2.5.1 times.
test('writes the encodings of the standard', () => {
  expect(toHex(derInteger(fromHex('0000')))).toBe('0x020100');
  expect(toHex(derInteger(fromHex('007f')))).toBe('0x02017f');
  expect(toHex(derInteger(fromHex('80')))).toBe('0x02020080');
  expect(toHex(derOid('1.2.840.113549'))).toBe('0x06062a864886f70d');
  expect(toHex(derOid('2.5.4.3'))).toBe('0x0603550403');
  expect(toHex(derUtcTime(new Date('1991-05-06T23:45:40Z')))).toBe('0x170d3931303530363233343534305a');
});

test('a length in another than its shortest form is refused, though all else fits', async () => {
  const filled = (length: number) => new Uint8Array(length);
  expect(await readCode(fromHex('0401aa'))).toBe('ok');
  expect(await readCode(fromHex('048101aa'))).toBe('attestation.badCertificate');
  expect(await readCode(fromHex('04820001aa'))).toBe('attestation.badCertificate');
  expect(await readCode(concatBytes(fromHex('04820080'), filled(128)))).toBe('attestation.badCertificate');
  expect(await readCode(concatBytes(fromHex('0483000100'), filled(256)))).toBe('attestation.badCertificate');
  expect(await readCode(concatBytes(fromHex('048300ffff'), filled(65_535)))).toBe('attestation.badCertificate');
  expect(await readCode(concatBytes(fromHex('048400010000'), filled(65_536)))).toBe('attestation.badCertificate');
  expect(await readCode(fromHex('30800000'))).toBe('attestation.badCertificate');
  expect(await readCode(fromHex('1f0100'))).toBe('attestation.badCertificate');
});

test('what is read is written again as the same bytes: there is one encoding', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      let elements;
      try {
        elements = derElements(bytes);
      } catch {
        return;
      }
      expect(toHex(concatBytes(...elements.map(({ tag, content }) => der(tag, content))))).toBe(toHex(bytes));
    }),
    { numRuns: 2_000 },
  );
});
