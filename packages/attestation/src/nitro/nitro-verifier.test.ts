import { concatBytes, fromHex, toHex, utf8 } from '@encryptech/base';
import { p384 } from '@noble/curves/nist.js';
import { decode, encode } from 'cborg';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { codeOf, flipped, policy, runtimeBytes, runtimeData } from '../../test/fixture.ts';
import { nitroDocument, nitroFields, nitroPki, NITRO_TIME, signDocument } from '../../test/nitro-document.ts';
import { teeSample, teeSampleCases, testWithSamples, type TeeSampleCase } from '../../test/tee-samples.ts';
import { contextOf, verifySample } from '../../test/verify-sample.ts';
import { appraise } from '../appraisal/appraise.ts';
import { reportDataOf } from '../runtime-data/report-data.ts';
import { verifyEvidence } from '../verify-evidence.ts';
import { noEndorsements, type VerificationContext } from '../verifier.ts';
import { nitroVerifier } from './nitro-verifier.ts';

const samples = new Map(teeSampleCases('nitro').map((sample) => [sample.id, sample]));
const sampleOf = (id: string): TeeSampleCase => samples.get(id)!;
const PROD = 'nitro-2025-prod-user-data';
const codeOfSample = (body: Uint8Array, change: Partial<VerificationContext> = {}) =>
  codeOf(() => nitroVerifier.verify({ body }, contextOf(sampleOf(PROD), change)));

const context: VerificationContext = {
  now: NITRO_TIME,
  anchors: { vendor: { nitro: [nitroPki().anchor] }, development: [] },
  endorsements: noEndorsements,
};
const code = (body: Uint8Array, change: Partial<VerificationContext> = {}) =>
  codeOf(() => nitroVerifier.verify({ body }, { ...context, ...change }));

describe('genuine documents end as the manifest says', () => {
  for (const id of ['nitro-2022-debug', 'nitro-2023-debug-bound-key', PROD, 'nitro-2025-prod']) {
    testWithSamples(id, async () => {
      const { expect: wanted } = sampleOf(id);
      const { claims } = await verifySample(nitroVerifier, sampleOf(id));
      const [from, to] = wanted['validWindow'] as [string, string];
      expect(claims.validity.notAfter).toEqual(new Date(to));
      expect(claims.validity.notBefore.getTime()).toBeGreaterThanOrEqual(new Date(from).getTime());
      expect(claims.debug).toBe(wanted['pcr0'] === 'all zero');
      if (!claims.debug) expect(claims.measurement).toContain((wanted['pcr0'] as string).slice(0, 16));
      expect([claims.tcb.status, claims.revocation]).toEqual(['none', 'not-applicable']);
      for (const outside of [new Date(new Date(from).getTime() - 1_000), new Date(new Date(to).getTime() + 1_000)])
        expect(
          await codeOf(() =>
            nitroVerifier.verify({ body: teeSample(sampleOf(id).evidence) }, contextOf(sampleOf(id), { now: outside })),
          ),
        ).toBe('attestation.expiredCertificate');
    });
  }

  testWithSamples('both debug enclaves are refused, one in spite of its bound key', async () => {
    for (const id of ['nitro-2022-debug', 'nitro-2023-debug-bound-key'])
      expect((await verifySample(nitroVerifier, sampleOf(id))).verdict.reasons).toEqual(['debug']);
    const bound = await verifySample(nitroVerifier, sampleOf('nitro-2023-debug-bound-key'));
    expect(fromHex(bound.claims.nitro!.nonce!)).toHaveLength(256);
    // The SubjectPublicKeyInfo of the certificate beside it.
    const certificate = toHex(teeSample('nitro/2023-debug-bound-key/bound-certificate.der'));
    expect(certificate).toContain(bound.claims.reportData.slice(2));
    const hello = await verifySample(nitroVerifier, sampleOf('nitro-2022-debug'));
    expect(hello.claims.reportData).toBe(toHex(utf8('hello, world!')));
    expect(fromHex(hello.claims.nitro!.publicKey!)).toHaveLength(19);
  });

  testWithSamples('a production enclave is accepted at level 2, one that binds nothing is not', async () => {
    expect((await verifySample(nitroVerifier, sampleOf(PROD))).verdict).toMatchObject({
      decision: 'allow',
      level: 2,
      reasons: ['build-not-reproducible'],
    });
    expect((await verifySample(nitroVerifier, sampleOf('nitro-2025-prod'))).verdict).toMatchObject({
      decision: 'deny',
      reasons: ['nothing-bound'],
    });
  });
});

describe('variants of a genuine document are refused', () => {
  testWithSamples('a flipped bit anywhere', async () => {
    const body = teeSample(sampleOf(PROD).evidence);
    for (let at = 0; at < body.length; at += 37)
      expect(await codeOfSample(flipped(body, at)), `byte ${at}`).toMatch(
        /^attestation\.(malformed|badSignature|badCertificate|untrustedRoot|expiredCertificate)$/,
      );
  });

  testWithSamples('a cut at any length, and any byte after it', async () => {
    const body = teeSample(sampleOf(PROD).evidence);
    for (let length = 0; length < body.length; length++)
      expect(await codeOfSample(body.subarray(0, length))).toBe('attestation.malformed');
    for (const byte of [0, 1, 0xf6])
      expect(await codeOfSample(Uint8Array.from([...body, byte]))).toBe('attestation.malformed');
    expect(await codeOfSample(new Uint8Array(16_385))).toBe('attestation.tooLarge');
  });

  testWithSamples('the payload written in another form: its signature no longer holds', async () => {
    const [header, , payload, signature] = decode(teeSample(sampleOf(PROD).evidence), { useMaps: true }) as [
      Uint8Array,
      unknown,
      Uint8Array,
      Uint8Array,
    ];
    const again = encode(decode(payload, { useMaps: true }));
    expect(toHex(again)).not.toBe(toHex(payload));
    const changed = concatBytes(
      Uint8Array.of(0x84),
      encode(header),
      Uint8Array.of(0xa0),
      encode(again),
      encode(signature),
    );
    expect(await codeOfSample(changed)).toBe('attestation.badSignature');
  });

  testWithSamples('a malleated signature, and the tag before it, are the same evidence', async () => {
    const body = teeSample(sampleOf(PROD).evidence);
    const s = BigInt(toHex(body.subarray(-48)));
    const other = concatBytes(body.subarray(0, -48), fromHex((p384.Point.Fn.ORDER - s).toString(16).padStart(96, '0')));
    const claims = await Promise.all(
      [body, other, concatBytes(Uint8Array.of(0xd2), body)].map((bytes) =>
        nitroVerifier.verify({ body: bytes }, contextOf(sampleOf(PROD))),
      ),
    );
    expect(claims[1]).toEqual(claims[0]);
    expect(claims[2]).toEqual(claims[0]);
  });

  testWithSamples('four hours later the leaf has ended', async () => {
    const now = new Date(new Date(sampleOf(PROD).evaluateAt!).getTime() + 4 * 3_600_000);
    expect(await codeOfSample(teeSample(sampleOf(PROD).evidence), { now })).toBe('attestation.expiredCertificate');
  });

  testWithSamples('a root that is not pinned', async () => {
    const { anchors } = context;
    expect(await codeOfSample(teeSample(sampleOf(PROD).evidence), { anchors })).toBe('attestation.untrustedRoot');
  });
});

test('a document under a hierarchy of our own verifies', async () => {
  expect(await code(nitroDocument())).toBe('ok');
  await expect(
    nitroVerifier.verify({ body: nitroDocument() }, { ...context, anchors: { vendor: {}, development: [] } }),
  ).rejects.toMatchObject({
    code: 'attestation.untrustedRoot',
    data: { step: 'certificate-chain' },
  });
});

test('runtime data are bound by user data, and nonce and key of the document must not say otherwise', async () => {
  const bound = { user_data: reportDataOf(runtimeBytes) };
  const nonce = fromHex(runtimeData.nonce);
  const evidence = (body: Uint8Array) => ({ kind: 'nitro', body, runtimeData: runtimeBytes }) as const;
  const bindingCode = (fields: object) =>
    codeOf(() => verifyEvidence(evidence(nitroDocument({ ...bound, ...fields })), context));
  expect(await bindingCode({})).toBe('ok');
  expect(await bindingCode({ nonce, public_key: fromHex(runtimeData.hpkePublicKey) })).toBe('ok');
  for (const fields of [
    { nonce: new Uint8Array(32) },
    { public_key: new Uint8Array(32) },
    { user_data: new Uint8Array(64) },
    { user_data: null },
    { user_data: reportDataOf(runtimeBytes).subarray(0, 32) },
  ])
    expect(await bindingCode(fields)).toBe('attestation.bindingMismatch');
  const claims = await verifyEvidence(evidence(nitroDocument(bound)), context);
  const { insecureAllowDevelopment: _, ...strict } = policy;
  const challenge = { ...runtimeData, issuedAt: NITRO_TIME, expiresAt: NITRO_TIME };
  expect(
    appraise(
      claims,
      { ...strict, kinds: ['nitro'], measurements: [claims.measurement], minLevel: 2 },
      challenge,
      NITRO_TIME,
    ),
  ).toMatchObject({ decision: 'allow', level: 2, keys: { hpkePublicKey: runtimeData.hpkePublicKey } });
});

test('a zero register among the first three is debug, wherever it is', async () => {
  for (const index of [0, 1, 2]) {
    const pcrs = new Map([0, 1, 2].map((i) => [i, new Uint8Array(48).fill(i === index ? 0 : 9)]));
    expect((await nitroVerifier.verify({ body: nitroDocument({ pcrs }) }, context)).debug).toBe(true);
    pcrs.delete(index);
    expect((await nitroVerifier.verify({ body: nitroDocument({ pcrs }) }, context)).debug).toBe(true);
  }
});

test('a document from the future is not valid yet', async () => {
  const timestamp = NITRO_TIME.getTime() + 600_000;
  const { validity } = await nitroVerifier.verify({ body: nitroDocument({ timestamp }) }, context);
  expect(validity.notBefore).toEqual(new Date(NITRO_TIME.getTime() + 300_000));
});

const { bundle, certificate } = nitroPki();
test.each<[string, Record<string, unknown>, string]>([
  ['module_id', { module_id: '' }, 'malformed'],
  ['module_id', { module_id: undefined }, 'malformed'],
  ['digest', { digest: 'SHA256' }, 'malformed'],
  ['timestamp', { timestamp: 0 }, 'malformed'],
  ['timestamp', { timestamp: -1 }, 'malformed'],
  ['timestamp', { timestamp: 1.5 }, 'malformed'],
  ['timestamp', { timestamp: 'now' }, 'malformed'],
  ['pcrs', { pcrs: new Map() }, 'malformed'],
  ['pcrs', { pcrs: new Map([[32, new Uint8Array(48)]]) }, 'malformed'],
  ['pcrs', { pcrs: new Map([[0, new Uint8Array(32)]]) }, 'malformed'],
  ['pcrs', { pcrs: new Map([['0', new Uint8Array(48)]]) }, 'malformed'],
  ['certificate', { certificate: new Uint8Array(0) }, 'malformed'],
  ['certificate', { certificate: new Uint8Array(1_025) }, 'malformed'],
  ['certificate', { certificate: bundle[1] }, 'badCertificate'],
  ['cabundle', { cabundle: [] }, 'malformed'],
  ['cabundle', { cabundle: [bundle[0]] }, 'badCertificate'],
  ['cabundle', { cabundle: [bundle[0], certificate] }, 'badCertificate'],
  ['cabundle', { cabundle: bundle.toReversed() }, 'untrustedRoot'],
  ['cabundle', { cabundle: Array.from({ length: 9 }, () => bundle[0]) }, 'malformed'],
  ['user_data', { user_data: new Uint8Array(513) }, 'malformed'],
  ['user_data', { user_data: 'text' }, 'malformed'],
  ['nonce', { nonce: new Uint8Array(513) }, 'malformed'],
  ['public_key', { public_key: new Uint8Array(1_025) }, 'malformed'],
  ['extra', { extra: 1 }, 'malformed'],
])('a document with a bad %s is refused, case %#', async (_, change, expected) => {
  expect(await code(nitroDocument(change))).toBe(`attestation.${expected}`);
});

test.each<[string, Parameters<typeof nitroPki>[0], string]>([
  ['a leaf that is an authority', { leaf: { pathLength: 0 } }, 'badCertificate'],
  ['a leaf without key usage', { leaf: { keyUsage: null } }, 'badCertificate'],
  ['a leaf that may not sign', { leaf: { keyUsage: '03020106' } }, 'badCertificate'],
  ['an authority that is none', { zonal: { pathLength: undefined } }, 'badCertificate'],
  ['an authority that may not sign certificates', { zonal: { keyUsage: '03020780' } }, 'badCertificate'],
  ['a leaf of another issuer', { leaf: { issuer: 'root' } }, 'badCertificate'],
  ['a leaf that its issuer did not sign', { leaf: { issuerSecret: new Uint8Array(48).fill(9) } }, 'badSignature'],
  ['an expired leaf', { leaf: { notAfter: new Date(NITRO_TIME.getTime() - 1_000) } }, 'expiredCertificate'],
  ['an expired authority', { zonal: { notAfter: new Date(NITRO_TIME.getTime() - 1_000) } }, 'expiredCertificate'],
])('%s is refused', async (_, change, expected) => {
  const made = nitroPki(change);
  const anchors = { vendor: { nitro: [made.anchor] }, development: [] };
  const body = nitroDocument({ certificate: made.certificate, cabundle: made.bundle });
  expect(await code(body, { anchors })).toBe(`attestation.${expected}`);
});

test('a foreign root of the same name is refused', async () => {
  const twin = nitroPki({ root: { notAfter: new Date('2040-01-01T00:00:00Z') } });
  expect(twin.anchor.fingerprint).not.toBe(nitroPki().anchor.fingerprint);
  expect(await code(nitroDocument({ cabundle: twin.bundle }))).toBe('attestation.untrustedRoot');
});

test('a document signed by another key, or of another form, is refused', async () => {
  const payload = encode(nitroFields());
  expect(await code(signDocument(payload, new Uint8Array(48).fill(4)))).toBe('attestation.badSignature');
  const [header, , , signature] = decode(signDocument(payload), { useMaps: true }) as Uint8Array[];
  const assemble = (...parts: unknown[]) => encode(parts);
  const empty = new Map();
  expect(await code(assemble(header, empty, payload, signature))).toBe('ok');
  for (const body of [
    assemble(Uint8Array.of(0xa1, 0x01, 0x26), empty, payload, signature),
    assemble(Uint8Array.of(0xa2, 0x01, 0x38, 0x22, 0x02, 0x81, 0x01), empty, payload, signature),
    assemble(header, new Map([[4, 1]]), payload, signature),
    assemble(header, empty, null, signature),
    assemble(header, empty, payload, signature!.subarray(1)),
    assemble(header, empty, payload),
    assemble(header, empty, payload, signature, 1),
  ])
    expect(await code(body)).toBe('attestation.malformed');
});

test('a payload that names a key twice, has bytes after it, or special values, is refused though it is signed', async () => {
  const payload = encode(nitroFields());
  const header = payload[0]!;
  expect(header).toBe(0xa9);
  const twice = concatBytes(Uint8Array.of(0xaa), payload.subarray(1), encode('nonce'), encode(null));
  const longer = concatBytes(payload, Uint8Array.of(0xf6));
  const undefinedValue = concatBytes(Uint8Array.of(0xaa), payload.subarray(1), encode('x'), Uint8Array.of(0xf7));
  for (const changed of [twice, longer, undefinedValue, encode([1]), encode('text')])
    expect(await code(signDocument(changed))).toBe('attestation.malformed');
  // AWS itself writes the outer map with an indefinite length; what is signed in that form is read.
  const indefinite = concatBytes(Uint8Array.of(0xbf), payload.subarray(1), Uint8Array.of(0xff));
  expect(await code(signDocument(indefinite))).toBe('ok');
  const indefiniteTwice = concatBytes(
    Uint8Array.of(0xbf),
    payload.subarray(1),
    encode('nonce'),
    encode(null),
    Uint8Array.of(0xff),
  );
  expect(await code(signDocument(indefiniteTwice))).toBe('attestation.malformed');
});

test('garbage is refused with a typed error', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
      expect(await code(bytes)).toBe('attestation.malformed');
      expect(await code(signDocument(bytes))).toBe('attestation.malformed');
    }),
    { numRuns: 40 },
  );
});
