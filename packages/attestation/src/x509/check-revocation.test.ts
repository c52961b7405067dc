import { concatBytes, fromHex, toHex, utf8 } from '@encryptech/base';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { makeChain, SECRETS } from '../../test/certificates.ts';
import { codeOf, flipped } from '../../test/fixture.ts';
import { writeRevocationList, type RevocationListFacts } from '../software/write-revocation-list.ts';
import { readCertificate } from './certificate.ts';
import { checkRevocation } from './check-revocation.ts';
import { readRevocationList } from './revocation-list.ts';
import { revocationState } from './revocation-state.ts';

const now = new Date('2026-01-01T00:00:00Z');
const [leaf, intermediate, root] = makeChain().chain.map((raw) => readCertificate(raw));
const listOf = (change: Partial<RevocationListFacts> = {}): Uint8Array =>
  writeRevocationList({
    issuer: 'intermediate',
    issuerKey: SECRETS.intermediate,
    thisUpdate: new Date('2025-12-20T00:00:00Z'),
    nextUpdate: new Date('2026-01-20T00:00:00Z'),
    revoked: [],
    ...change,
  });
const check = (raw: Uint8Array, time = now) => codeOf(() => checkRevocation(raw, intermediate!, [leaf!], time));

test('reads dates and serial numbers', () => {
  const list = readRevocationList(listOf({ revoked: [Uint8Array.of(9), fromHex('ff00')] }));
  expect(list).toMatchObject({
    signatureAlgorithm: 'p256',
    thisUpdate: new Date('2025-12-20T00:00:00Z'),
    nextUpdate: new Date('2026-01-20T00:00:00Z'),
  });
  expect([...list.serials]).toEqual(['0x09', '0x00ff00']);
  expect(toHex(list.issuer)).toBe(toHex(intermediate!.subject));
});

test('a good list that names others passes, at both ends of its time and not beyond', async () => {
  const good = listOf({ revoked: [Uint8Array.of(8)] });
  expect(await check(good)).toBe('ok');
  expect(await check(good, new Date('2025-12-20T00:00:00Z'))).toBe('ok');
  expect(await check(good, new Date('2026-01-20T00:00:00Z'))).toBe('ok');
  expect(await check(good, new Date('2025-12-19T23:59:59Z'))).toBe('attestation.expiredEndorsement');
  expect(await check(good, new Date('2026-01-20T00:00:01Z'))).toBe('attestation.expiredEndorsement');
  expect(await check(good, new Date(Number.NaN))).toBe('attestation.expiredEndorsement');
});

test('a certificate that its issuer names is revoked', async () => {
  const revoking = listOf({ revoked: [Uint8Array.of(3), Uint8Array.of(7)] });
  expect(await check(revoking)).toBe('attestation.revoked');
  await expect(revocationState(revoking, intermediate!, [leaf!], now)).rejects.toMatchObject({
    code: 'attestation.revoked',
    data: { subject: 'leaf', serial: '0x07' },
  });
});

test.each<[string, () => Uint8Array]>([
  ['of another issuer', () => listOf({ issuer: 'root', revoked: [Uint8Array.of(7)] })],
  ['signed by another key', () => listOf({ issuerKey: SECRETS.root, revoked: [Uint8Array.of(7)] })],
  ['changed after it was signed', () => flipped(listOf(), 60)],
  ['cut', () => listOf().subarray(0, -1)],
  ['longer', () => concatBytes(listOf(), Uint8Array.of(0))],
  ['garbage', () => utf8('no revocation list')],
  ['empty', () => new Uint8Array(0)],
  ['a certificate', () => leaf!.raw],
])('a list that is %s says nothing: revocation is unknown', async (_, make) => {
  expect(await check(make())).toMatch(/^attestation\.(badRevocationList|badCertificate)$/);
  expect(await revocationState(make(), intermediate!, [leaf!], now)).toMatchObject({ revocation: 'unknown' });
});

test('an issuer that may not sign lists, or did not issue the certificate, says nothing', async () => {
  const byLeaf = listOf({ issuer: 'leaf', issuerKey: SECRETS.leaf });
  expect(await codeOf(() => checkRevocation(byLeaf, leaf!, [], now))).toBe('attestation.badRevocationList');
  const byRoot = listOf({ issuer: 'root', issuerKey: SECRETS.root });
  expect(await codeOf(() => checkRevocation(byRoot, root!, [leaf!], now))).toBe('attestation.badRevocationList');
  expect(await codeOf(() => checkRevocation(byRoot, root!, [intermediate!, root!], now))).toBe('ok');
});

test('no list is unknown, a good one is checked with its dates', async () => {
  expect(await revocationState(undefined, intermediate!, [leaf!], now)).toMatchObject({ revocation: 'unknown' });
  expect(await revocationState(listOf(), intermediate!, [leaf!], now)).toEqual({
    revocation: 'checked',
    thisUpdate: new Date('2025-12-20T00:00:00Z'),
    nextUpdate: new Date('2026-01-20T00:00:00Z'),
  });
});

test('a cut at any length and any garbage end in a typed error', async () => {
  const good = listOf({ revoked: [Uint8Array.of(7)] });
  for (let length = 0; length < good.length; length++)
    expect(await codeOf(() => readRevocationList(good.subarray(0, length)))).toBe('attestation.badRevocationList');
  expect(await codeOf(() => readRevocationList(new Uint8Array(262_145)))).toBe('attestation.tooLarge');
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
      expect(await codeOf(() => readRevocationList(bytes))).toBe('attestation.badRevocationList');
    }),
  );
});
