import { concatBytes, fromHex, toHex } from '@encryptech/base';
import fc from 'fast-check';
import { X509Certificate } from 'node:crypto';
import { expect, test } from 'vitest';
import { makeChain, withSignatureContent } from '../../test/certificates.ts';
import { codeOf } from '../../test/fixture.ts';
import { readCertificate } from './certificate.ts';
import { readSgxExtensions, writeSgxExtensions } from './sgx-extensions.ts';

const [leaf, intermediate] = makeChain().chain;
const readCode = (raw: Uint8Array) => codeOf(() => readCertificate(raw));
/** The leaf with bytes replaced by as many others. */
const patched = (from: string, to: string): Uint8Array => {
  const before = toHex(leaf);
  const after = before.replace(from, to);
  expect(after).not.toBe(before);
  return fromHex(after);
};

test('reads what OpenSSL reads', () => {
  for (const raw of [leaf, intermediate]) {
    const [ours, theirs] = [readCertificate(raw), new X509Certificate(raw)];
    expect(toHex(ours.serial)).toBe(`0x${theirs.serialNumber.toLowerCase()}`);
    expect(ours.notBefore.getTime()).toBe(new Date(theirs.validFrom).getTime());
    expect(ours.notAfter.getTime()).toBe(new Date(theirs.validTo).getTime());
    expect(ours.authority !== undefined).toBe(theirs.ca);
    const spki = theirs.publicKey.export({ type: 'spki', format: 'der' });
    expect(toHex(ours.publicKey)).toBe(`0x${spki.subarray(-65).toString('hex')}`);
  }
  expect(readCertificate(intermediate).authority).toEqual({ pathLength: 0 });
  expect([readCertificate(leaf).keyUsage, readCertificate(intermediate).keyUsage]).toEqual([0x80, 0x06]);
});

test('reads the SGX extension that it wrote', () => {
  const facts = readSgxExtensions(readCertificate(leaf).sgxExtensions!);
  expect(facts.componentSvns).toEqual([0, 17, 34, 51, 68, 85, 102, 119, 136, 153, 170, 187, 204, 221, 238, 255]);
  expect(facts.pceSvn).toBe(13);
  expect(toHex(facts.fmspc)).toBe('0x00906ed50000');
  expect(toHex(facts.pceId)).toBe('0x0001');
  expect(toHex(facts.ppid)).toBe(`0x${'01'.repeat(16)}`);
  expect(toHex(facts.cpuSvn)).toBe(`0x${'02'.repeat(16)}`);
});

test('an SGX extension with an item missing, doubled, too long or unreadable is refused', async () => {
  const good = writeSgxExtensions(readSgxExtensions(readCertificate(leaf).sgxExtensions!));
  const body = toHex(good);
  const cases: Record<string, string> = {
    'missing FMSPC': body.replace('2a864886f84d010d0104', '2a864886f84d010d0109'),
    'doubled item': body.replace('2a864886f84d010d0104', '2a864886f84d010d0103'),
    'FMSPC as integer': body.replace('0406' + '00906ed50000', '0206' + '00906ed50000'),
    'short PCE-ID': body
      .replace('04020001', '04010501')
      .replace('300c060a2a864886f84d010d0103', '300c060a2a864886f84d010d0103'),
    'negative SVN': body.replace('020200ff', '0202ffff'),
  };
  for (const [what, changed] of Object.entries(cases)) {
    expect(changed, what).not.toBe(body);
    expect(await codeOf(() => readSgxExtensions(fromHex(changed))), what).toBe('attestation.badCertificate');
  }
});

test.each<[string, () => Uint8Array]>([
  ['version 1', () => patched('a003020102', 'a003020100')],
  [
    'another signature algorithm outside',
    () => fromHex(toHex(leaf).replace(/06082a8648ce3d040302(?!.*06082a8648ce3d040302)/, '06082a8648ce3d040303')),
  ],
  ['another signature algorithm inside', () => patched('06082a8648ce3d040302', '06082a8648ce3d040303')],
  ['another curve', () => patched('06082a8648ce3d030107', '06082a8648ce3d030108')],
  ['a compressed point', () => patched('034200' + '04', '034200' + '02')],
  [
    'a date that does not exist',
    () =>
      patched(toHex(new TextEncoder().encode('250101')).slice(2), toHex(new TextEncoder().encode('250231')).slice(2)),
  ],
  [
    'a date without its zone',
    () => patched(toHex(new TextEncoder().encode('00Z')).slice(2), toHex(new TextEncoder().encode('000')).slice(2)),
  ],
  ['a date tagged as the other kind', () => patched('170d', '180d')],
  ['an unknown critical extension', () => patched('0603551d0f', '0603551d1e')],
  ['an extension twice', () => patched('0603551d23', '0603551d0e')],
  ['a flag that is not DER', () => patched('0101ff', '010101')],
  ['trailing bytes', () => concatBytes(leaf, Uint8Array.of(0))],
])('refuses %s', async (_, make) => {
  expect(await readCode(make())).toBe('attestation.badCertificate');
});

test('refuses a signature whose integers are not in their one form', async () => {
  const zero = Uint8Array.of(0);
  const minimal = (digits: Uint8Array) => (digits[0]! >= 0x80 ? concatBytes(zero, digits) : digits);
  expect(toHex(withSignatureContent(leaf, minimal))).toBe(toHex(leaf));
  const padded = withSignatureContent(leaf, (digits) => concatBytes(zero, minimal(digits)));
  const negative = withSignatureContent(leaf, (digits) => Uint8Array.of(0x80 | digits[0]!, ...digits.subarray(1)));
  const long = withSignatureContent(leaf, (digits) => concatBytes(Uint8Array.of(1), digits, zero));
  const empty = withSignatureContent(leaf, () => new Uint8Array(0));
  for (const changed of [padded, negative, long, empty])
    expect(await readCode(changed)).toBe('attestation.badCertificate');
});

test('refuses lengths that are indefinite, too long or not in their shortest form, and long tags', async () => {
  for (const start of ['3080', '3083000001', '308100', '30820010', '3f01', '30', '3082', '308201'])
    expect(await readCode(fromHex(start)), start).toBe('attestation.badCertificate');
  expect(await readCode(new Uint8Array(4_097))).toBe('attestation.tooLarge');
});

test('refuses a cut at any length and any garbage with a typed error', async () => {
  for (let length = 0; length < leaf.length; length++)
    expect(await readCode(leaf.subarray(0, length))).toBe('attestation.badCertificate');
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (garbage) => {
      expect(await readCode(garbage)).toBe('attestation.badCertificate');
      const inside = concatBytes(Uint8Array.of(0x30, garbage.length & 0x7f), garbage);
      expect(await readCode(inside)).toBe('attestation.badCertificate');
    }),
  );
});
