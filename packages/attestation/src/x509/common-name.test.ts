import { expect, test } from 'vitest';
import { codeOf, pki } from '../../test/fixture.ts';
import * as der from '../der/der-writer.ts';
import { readCertificate } from './certificate.ts';
import { commonNameOf } from './common-name.ts';

const pair = (oid: string, value: Uint8Array) => der.derSet(der.derSequence(der.derOid(oid), value));
const CN = '2.5.4.3';

test('the common name among other parts, as UTF-8 or printable text', () => {
  expect(commonNameOf(readCertificate(pki.anchor.certificate!).subject)).toBe('Encryptech Development Root CA');
  const printable = der.der(0x13, new TextEncoder().encode('Intel SGX Root CA'));
  expect(commonNameOf(der.derSequence(pair('2.5.4.10', der.derText('x')), pair(CN, printable)))).toBe(
    'Intel SGX Root CA',
  );
});

test('empty where there is none, and an error for what is no name', async () => {
  expect(commonNameOf(der.derSequence())).toBe('');
  expect(commonNameOf(der.derSequence(pair('2.5.4.10', der.derText('x'))))).toBe('');
  for (const name of [new Uint8Array(0), der.derText('a'), der.derSequence(der.derSet(der.derText('a')))])
    expect(await codeOf(() => commonNameOf(name))).toBe('attestation.badCertificate');
});
