import { digestOf, fromHex, toHex, type Hex } from '@encryptech/base';
import { describe, expect, test } from 'vitest';
import { codeOf, flipped } from '../../test/fixture.ts';
import { teeSample, teeSampleCases, testWithSamples, type TeeSampleCase } from '../../test/tee-samples.ts';
import { contextOf, SNP_TIME, verifySample } from '../../test/verify-sample.ts';
import { createEndorsementStore } from '../endorsements/create-endorsement-store.ts';
import { readCertificate } from '../x509/certificate.ts';
import { verifyPath } from '../x509/verify-path.ts';
import { vendorAnchors } from '../vendor-anchors.ts';
import { FMC_SVN } from './oids.ts';
import { readVek } from './read-vek.ts';
import { sevSnpVerifier } from './sev-snp-verifier.ts';

const cases = new Map(teeSampleCases('sev-snp').map((sample) => [sample.id, sample]));
const sampleOf = (id: string): TeeSampleCase => cases.get(id)!;
const codeWith = (id: string, body: Uint8Array, collateral = sampleOf(id).collateral) =>
  codeOf(() => sevSnpVerifier.verify({ body }, contextOf({ collateral })));

describe('genuine reports end as the manifest says', () => {
  testWithSamples('each of them is found here', () => {
    expect([...cases.keys()]).toEqual([
      'snp-milan-v2',
      'snp-milan-v2-debug',
      'snp-milan-v3-vlek-vmpl1',
      'snp-genoa-v3-bound-key',
      'snp-turin-vcek',
    ]);
  });

  for (const id of ['snp-milan-v2', 'snp-milan-v2-debug', 'snp-milan-v3-vlek-vmpl1', 'snp-genoa-v3-bound-key']) {
    testWithSamples(id, async () => {
      const { expect: wanted } = sampleOf(id);
      const { claims } = await verifySample(sevSnpVerifier, sampleOf(id));
      expect(claims.steps.map(({ step }) => step)).toEqual([
        'report-format',
        'find-certificates',
        'certificate-chain',
        'key-certificate',
        'revocation',
        'key-endorsement',
        'report-signature',
      ]);
      expect(claims.snp?.reportVersion).toBe(wanted['version']);
      expect(claims.snp?.vmpl).toBe(wanted['vmpl']);
      if ('debug' in wanted) expect(claims.debug).toBe(wanted['debug']);
      if ('policy' in wanted) expect(`0x${claims.snp?.policy.toString(16)}`).toBe(wanted['policy']);
      if ('reportedTcb' in wanted) expect(claims.snp?.reportedTcb).toEqual(wanted['reportedTcb']);
      if ('aliasCheckComplete' in wanted) expect(claims.flags['aliasCheckComplete']).toBe(wanted['aliasCheckComplete']);
      expect(claims.revocation).toBe('unknown');
      expect(claims.tcb).toEqual({ status: 'none', advisories: [] });
    });
  }

  testWithSamples('Milan version 2 is accepted as legacy: level 1, and why', async () => {
    expect((await verifySample(sevSnpVerifier, sampleOf('snp-milan-v2'))).verdict).toMatchObject({
      decision: 'allow',
      level: 1,
      reasons: ['revocation-unknown', 'snp-milan', 'snp-report-v2', 'snp-minimum-unset', 'snp-alias-check'],
    });
  });

  testWithSamples('a debug guest is refused though every signature is valid', async () => {
    const { verdict } = await verifySample(sevSnpVerifier, sampleOf('snp-milan-v2-debug'));
    expect(verdict).toMatchObject({ decision: 'deny', level: 0, reasons: ['debug'] });
  });

  testWithSamples('VMPL 1 under a VLEK is refused unless allowed, and then has level 1', async () => {
    const sample = sampleOf('snp-milan-v3-vlek-vmpl1');
    const { claims, verdict } = await verifySample(sevSnpVerifier, sample);
    expect(verdict).toMatchObject({ decision: 'deny', reasons: ['vmpl'] });
    expect(claims.snp?.signingKey).toBe('VLEK');
    expect(claims.flags).toMatchObject({ vlek: true });
    // No chip: the report's identifier is zero.
    expect(claims).not.toHaveProperty('deviceIdHash');
    expect(claims.validity).toMatchObject({ notAfter: new Date('2025-12-10T22:14:21Z') });
    const allowed = await verifySample(sevSnpVerifier, sample, { insecureAllowVmpl: true });
    expect(allowed.verdict).toMatchObject({ decision: 'allow', level: 1 });
    expect(allowed.verdict.reasons).toContain('vlek');
    const late = contextOf(sample, { now: new Date('2025-12-10T22:14:22Z') });
    expect(await codeOf(() => sevSnpVerifier.verify({ body: teeSample(sample.evidence) }, late))).toBe(
      'attestation.expiredCertificate',
    );
  });

  testWithSamples('Genoa is accepted, and its report data is the hash of a key', async () => {
    const { claims, verdict } = await verifySample(sevSnpVerifier, sampleOf('snp-genoa-v3-bound-key'));
    expect(verdict.decision).toBe('allow');
    expect(verdict.reasons).toEqual(['revocation-unknown', 'snp-minimum-unset']);
    const runtimeData = teeSample('sev-snp/genoa-v3-bound-key/runtime-data.json');
    expect(claims.reportData).toBe(`${digestOf(runtimeData)}${'00'.repeat(32)}`);
    expect(claims.product).toBe('Genoa');
  });

  testWithSamples(
    "Turin's certificate has an FMC version and a short chip identifier, and its chain is valid",
    async () => {
      const { certificates } = await turinPath();
      const vek = readVek(certificates[0]!);
      expect(vek.product).toBe('Turin');
      expect(certificates[0]!.extensions.has(FMC_SVN)).toBe(true);
      expect(vek.tcb).toHaveProperty('fmc');
      expect(fromHex(vek.chipId!)).toHaveLength(8);
    },
  );
});

async function turinPath() {
  const store = createEndorsementStore([teeSample('sev-snp/roots/turin_ask_ark_asvk.pem')]);
  const now = new Date(SNP_TIME);
  const get = async (subject: string) => (await store.get({ kind: 'sev-snp', type: 'certificate', subject }, now))!;
  return verifyPath([teeSample('sev-snp/turin-certs/vcek.der'), await get('SEV-Turin'), await get('ARK-Turin')], {
    anchors: vendorAnchors['sev-snp']!,
    now,
    algorithms: ['p384', 'rsa-pss'],
    leafStatesUsage: false,
  });
}

describe('variants of genuine reports are refused', () => {
  testWithSamples('a flipped bit in any signed byte', async () => {
    const body = teeSample(sampleOf('snp-genoa-v3-bound-key').evidence);
    const allowed = /^attestation\.(badSignature|malformed|endorsementMismatch|unsupportedProduct|missingEndorsement)$/;
    for (let at = 0; at < 0x2a0; at += 5)
      expect(await codeWith('snp-genoa-v3-bound-key', flipped(body, at)), `byte ${at}`).toMatch(allowed);
    for (const at of [0x50, 0x6f, 0x90, 0xbf, 0xc0, 0x38, 0x1e0, 0x1f0, 0x30, 0x40])
      expect(await codeWith('snp-genoa-v3-bound-key', flipped(body, at)), `byte ${at}`).toBe(
        'attestation.badSignature',
      );
  });

  testWithSamples('a cleared debug bit: debug cannot be hidden', async () => {
    const body = teeSample(sampleOf('snp-milan-v2-debug').evidence);
    expect(body[0x0a]! & 0x08).toBe(0x08);
    expect(await codeWith('snp-milan-v2-debug', flipped(body, 0x0a, 0x08))).toBe('attestation.badSignature');
  });

  testWithSamples("another chip's or another TCB's VCEK", async () => {
    const body = teeSample(sampleOf('snp-milan-v2').evidence);
    const roots = 'sev-snp/roots/milan_ask_ark_asvk.pem';
    expect(await codeWith('snp-milan-v2', body, ['sev-snp/milan-v2-debug/vcek.der', roots])).toBe(
      'attestation.endorsementMismatch',
    );
    expect(await codeWith('snp-milan-v2', body, ['sev-snp/milan-v3-vlek-vmpl1/vlek.der', roots])).toBe(
      'attestation.missingEndorsement',
    );
    const genoa = ['sev-snp/genoa-v3-bound-key/vcek.pem', roots, 'sev-snp/roots/genoa_ask_ark_asvk.pem'];
    expect(await codeWith('snp-milan-v2', body, genoa)).toBe('attestation.endorsementMismatch');
    const turin = contextOf({ collateral: ['sev-snp/roots/turin_ask_ark_asvk.pem'] });
    const sent = { body, certificates: [teeSample('sev-snp/turin-certs/vcek.der')] };
    expect(await codeOf(() => sevSnpVerifier.verify(sent, turin))).toBe('attestation.endorsementMismatch');
  });

  testWithSamples('no certificates, or only some of them', async () => {
    const body = teeSample(sampleOf('snp-milan-v2').evidence);
    expect(await codeWith('snp-milan-v2', body, [])).toBe('attestation.missingEndorsement');
    expect(await codeWith('snp-milan-v2', body, ['sev-snp/milan-v2/vcek.der'])).toBe('attestation.missingEndorsement');
    await expect(sevSnpVerifier.verify({ body }, contextOf({ collateral: [] }))).rejects.toMatchObject({
      data: { step: 'find-certificates' },
    });
  });

  testWithSamples('a root that is genuine but not pinned', async () => {
    const sample = sampleOf('snp-milan-v2');
    const anchors = { vendor: { 'sev-snp': vendorAnchors['sev-snp']!.slice(1) }, development: [] };
    expect(
      await codeOf(() => sevSnpVerifier.verify({ body: teeSample(sample.evidence) }, contextOf(sample, { anchors }))),
    ).toBe('attestation.untrustedRoot');
  });

  testWithSamples('a cut at any length, and bytes after it', async () => {
    const body = teeSample(sampleOf('snp-milan-v2').evidence);
    for (let length = 0; length < body.length; length++)
      expect(await codeWith('snp-milan-v2', body.subarray(0, length))).toBe('attestation.truncated');
    expect(await codeWith('snp-milan-v2', Uint8Array.from([...body, 0]))).toBe('attestation.tooLarge');
  });

  testWithSamples('a malleated signature is the same evidence: never a new identity', async () => {
    const sample = sampleOf('snp-genoa-v3-bound-key');
    const body = teeSample(sample.evidence);
    const order = BigInt(`0x${'f'.repeat(48)}c7634d81f4372ddf581a0db248b0a77aecec196accc52973`);
    const s = BigInt(toHex(body.slice(0x2a0 + 72, 0x2a0 + 120).reverse()));
    const other = body.slice();
    other.set(fromHex((order - s).toString(16).padStart(96, '0') as Hex).reverse(), 0x2a0 + 72);
    const context = contextOf(sample);
    const [a, b] = await Promise.all([body, other].map((bytes) => sevSnpVerifier.verify({ body: bytes }, context)));
    expect(b).toEqual(a);
  });

  testWithSamples('certificates that travel with the report are used, and verified like any', async () => {
    const sample = sampleOf('snp-milan-v2');
    const body = teeSample(sample.evidence);
    const vcek = teeSample('sev-snp/milan-v2/vcek.der');
    const roots = contextOf({ collateral: ['sev-snp/roots/milan_ask_ark_asvk.pem'] });
    expect(await codeOf(() => sevSnpVerifier.verify({ body, certificates: [vcek] }, roots))).toBe('ok');
    const changed = flipped(vcek, vcek.length - 1);
    expect(readCertificate(changed, ['p384', 'rsa-pss']).serial).toHaveLength(1);
    expect(await codeOf(() => sevSnpVerifier.verify({ body, certificates: [changed] }, roots))).toBe(
      'attestation.badSignature',
    );
  });
});

test('bytes that are no report are refused with a typed error', async () => {
  const none = contextOf({ collateral: [] });
  for (const body of [new Uint8Array(0), new Uint8Array(1_184), new Uint8Array(1_184).fill(0xff)])
    expect(await codeOf(() => sevSnpVerifier.verify({ body }, none))).toMatch(/^attestation\.(truncated|malformed)$/);
});
