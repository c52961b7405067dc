import { digestOf } from '@encryptech/base';
import { expect, test } from 'vitest';
import { makeChain, resign, SECRETS } from '../../test/certificates.ts';
import { codeOf, flipped } from '../../test/fixture.ts';
import { verifyChain } from './verify-chain.ts';

const now = new Date('2026-01-01T00:00:00Z');
const early = new Date('2025-06-01T00:00:00Z');
const verifyCode = (changes: Parameters<typeof makeChain>[0], time = now): Promise<string> => {
  const { chain, anchor } = makeChain(changes);
  return codeOf(() => verifyChain(chain, [anchor], time));
};

test('accepts a good chain and tells when all of it is valid', async () => {
  const { chain, anchor } = makeChain({ leaf: { notBefore: early }, intermediate: { notAfter: now } });
  const { leaf, validity } = await verifyChain(chain, [anchor], now);
  expect(leaf.raw).toBe(chain[0]);
  expect(validity).toEqual({ notBefore: early, notAfter: now });
});

test.each(['leaf', 'intermediate', 'root'] as const)('an expired or not yet valid %s ends the chain', async (role) => {
  const ended = { [role]: { notAfter: new Date('2025-12-31T23:59:59Z') } };
  const later = { [role]: { notBefore: new Date('2026-01-01T00:00:01Z') } };
  expect(await verifyCode(ended)).toBe('attestation.expiredCertificate');
  expect(await verifyCode(later)).toBe('attestation.expiredCertificate');
  expect(await verifyCode(ended, early)).toBe('ok');
});

test('a certificate that its issuer did not sign ends the chain', async () => {
  expect(await verifyCode({ leaf: { issuerKey: SECRETS.root } })).toBe('attestation.badSignature');
  expect(await verifyCode({ intermediate: { issuerKey: SECRETS.leaf } })).toBe('attestation.badSignature');
});

test('a certificate that names another issuer ends the chain, though the key is right', async () => {
  expect(await verifyCode({ leaf: { issuer: 'root' } })).toBe('attestation.badCertificate');
  expect(await verifyCode({ intermediate: { issuer: 'leaf' } })).toBe('attestation.badCertificate');
});

test('only authorities sign certificates, and only as many as they may', async () => {
  expect(await verifyCode({ intermediate: { pathLength: undefined } })).toBe('attestation.badCertificate');
  expect(await verifyCode({ root: { pathLength: undefined } })).toBe('attestation.badCertificate');
  expect(await verifyCode({ root: { pathLength: 0 } })).toBe('attestation.badCertificate');
  expect(await verifyCode({ root: { pathLength: 5 } })).toBe('ok');
  expect(await verifyCode({ leaf: { pathLength: 0 } })).toBe('attestation.badCertificate');
});

// Key usage as the writer encodes it: digital signature, or signing of certificates and revocation lists.
const SIGNS_DATA = '03020780';
const SIGNS_CERTIFICATES = '03020106';

test('key usage counts: authorities must be allowed to sign certificates, the leaf to sign data', async () => {
  const { chain, anchor } = makeChain({ leaf: { pathLength: 0 } });
  const [leaf, intermediate] = makeChain().chain;
  const code = (...certificates: Uint8Array[]) =>
    codeOf(() => verifyChain([...certificates, ...chain.slice(certificates.length)], [anchor], now));
  expect(await code(leaf, intermediate)).toBe('ok');
  expect(await code(resign(leaf, SIGNS_DATA, SIGNS_CERTIFICATES, SECRETS.intermediate))).toBe(
    'attestation.badCertificate',
  );
  expect(await code(leaf, resign(intermediate, SIGNS_CERTIFICATES, SIGNS_DATA, SECRETS.root))).toBe(
    'attestation.badCertificate',
  );
  const authority = resign(chain[0], SIGNS_CERTIFICATES, SIGNS_DATA, SECRETS.intermediate);
  expect(await code(authority)).toBe('attestation.badCertificate');
  // What is signed anew is accepted, unless it's one of these.
  expect(await code(resign(leaf, SIGNS_DATA, '030204c0', SECRETS.intermediate))).toBe('ok');
});

test('a root that is not pinned ends the chain, whatever its name and key', async () => {
  const { chain, anchor } = makeChain();
  const twin = makeChain({ root: { serial: Uint8Array.of(8) } });
  expect(await codeOf(() => verifyChain(twin.chain, [anchor], now))).toBe('attestation.untrustedRoot');
  expect(await codeOf(() => verifyChain(chain, [], now))).toBe('attestation.untrustedRoot');
  expect(await codeOf(() => verifyChain(chain, [twin.anchor, anchor], now))).toBe('ok');
});

test('an anchor must have its fingerprint', async () => {
  const { chain, anchor } = makeChain();
  const wrong = { ...anchor, fingerprint: digestOf(chain[0]) };
  expect(await codeOf(() => verifyChain(chain, [wrong], now))).toBe('attestation.badAnchor');
});

test('a changed bit in leaf or intermediate ends the chain, wherever it is', async () => {
  const { chain, anchor } = makeChain();
  for (const index of [0, 1]) {
    for (let at = 0; at < chain[index]!.length; at += 11) {
      const changed = chain.map((raw, i) => (i === index ? flipped(raw, at, 0x40) : raw));
      expect(await codeOf(() => verifyChain(changed, [anchor], now)), `certificate ${index}, byte ${at}`).toMatch(
        /^attestation\.(badCertificate|badSignature)$/,
      );
    }
  }
});
