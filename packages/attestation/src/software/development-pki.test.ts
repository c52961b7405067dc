import { toHex } from '@encryptech/base';
import { p256 } from '@noble/curves/nist.js';
import { X509Certificate } from 'node:crypto';
import { expect, test } from 'vitest';
import { codeOf, pki, platform, seed } from '../../test/fixture.ts';
import { createDevelopmentPki } from './development-pki.ts';

const pem = platform.certificateChain.split(/(?<=-----END CERTIFICATE-----\n)/);
const [pck, platformCa, root] = pem.map((text) => new X509Certificate(text));

test('the same seed gives the same root and machines, on every computer', () => {
  const again = createDevelopmentPki(seed);
  expect(again.anchor.fingerprint).toBe('0xd1a4c701e7c0dd05c1d5360842409a632a05395c55da5fa254de591e6cdcdffa');
  expect(again.platform('a')).toEqual(platform);
});

// The points were derived from the seed with Python's cryptography package.
test('keys are HKDF-SHA256 of the seed, reduced to P-256', () => {
  const point = (certificate: X509Certificate | undefined) =>
    certificate!.publicKey.export({ type: 'spki', format: 'der' }).subarray(-65).toString('hex');
  expect(point(root)).toBe(
    '04353d7bd6eb7aca5887035cb2cb5bc3875f63ef7dd4ed0bf9cf177e93bd4c40bce8935de2200b0a86ebd9d7ea7694cf5cebcffcda23180d95' +
      '3f3e1e57f9a5e58b',
  );
  expect(point(pck)).toBe(
    '044831eb5bcd273da0058d5434147d88dd60d0e2a3575b1c8e52ff3236d875477fe5e8aec8c083e00c23f266bc17fa9983465742f2e54f0ba7' +
      '88bfadb9a0b1cb1e',
  );
  expect(toHex(p256.getPublicKey(platform.attestationKey, false)).slice(2)).toBe(
    '043efcfb0f3b5c0e2d2a4c94bcc603caa8729995db8280d75d84f01cd36194b76cd9082ce8100ffd660b36cb44ad44f9528dfdd987ed64ecc1' +
      '1af700a1803b551e',
  );
});

test('OpenSSL reads the certificates as a chain that says what it is', () => {
  expect(pem.length).toBe(3);
  expect(
    root!.verify(root!.publicKey) && platformCa!.verify(root!.publicKey) && pck!.verify(platformCa!.publicKey),
  ).toBe(true);
  expect([root!.ca, platformCa!.ca, pck!.ca]).toEqual([true, true, false]);
  expect(pck!.checkIssued(platformCa!) && platformCa!.checkIssued(root!)).toBe(true);
  for (const certificate of [root, platformCa, pck]) {
    expect(certificate!.subject).toContain('no security');
    expect(certificate!.subject).toContain('CN=Encryptech Development');
    expect(certificate!.validFrom).toBe('Jan  1 00:00:00 2024 GMT');
    expect(certificate!.validTo).toBe('Dec 31 23:59:59 2049 GMT');
  }
  expect(toHex(pki.anchor.certificate)).toBe(`0x${root!.raw.toString('hex')}`);
  expect(pki.anchor.fingerprint).toBe(`0x${root!.fingerprint256.replaceAll(':', '').toLowerCase()}`);
});

test('another seed is another root; another machine has other keys under the same root', () => {
  expect(createDevelopmentPki(new Uint8Array(32)).anchor.fingerprint).not.toBe(pki.anchor.fingerprint);
  const other = pki.platform('b');
  expect(toHex(other.pckKey)).not.toBe(toHex(platform.pckKey));
  expect(toHex(other.attestationKey)).not.toBe(toHex(platform.attestationKey));
  expect(other.certificateChain.endsWith(pem[2]!)).toBe(true);
});

test('refuses seeds of another length, without showing them', async () => {
  for (const length of [0, 31, 33])
    expect(await codeOf(() => createDevelopmentPki(new Uint8Array(length)))).toBe('attestation.badArgument');
});
