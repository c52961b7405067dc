import { fromHex, toHex } from '@encryptech/base';
import { describe, expect, test } from 'vitest';
import {
  challenge,
  codeOf,
  context,
  flipped,
  measurement,
  now,
  pki,
  platform,
  policy,
  runtimeBytes,
} from '../../test/fixture.ts';
import { endorsementsWith } from '../../test/intel-samples.ts';
import { appraise } from '../appraisal/appraise.ts';
import type { Claims } from '../claims.ts';
import { createEndorsementStore } from '../endorsements/create-endorsement-store.ts';
import type { TdFields } from '../intel/write-quote.ts';
import { verifyEvidence } from '../verify-evidence.ts';
import type { Endorsements } from '../verifier.ts';
import type { DevelopmentCollateralOptions, DevelopmentLevel } from './development-collateral.ts';
import { createDevelopmentPki } from './development-pki.ts';
import { createSoftwareAttester } from './software-attester.ts';
import { writeRevocationList } from './write-revocation-list.ts';

const DAY_MS = 86_400_000;
const issuedAt = new Date(now.getTime() - DAY_MS);
const level = (svn: number, status: DevelopmentLevel['status'], date = '2024-01-01'): DevelopmentLevel => ({
  svn,
  status,
  date: new Date(`${date}T00:00:00Z`),
});
/** A newer level that simulated machines don't reach, above one that they do. */
const below = (status: DevelopmentLevel['status']) => [level(1, 'UpToDate', '2026-06-01'), level(0, status)];
const published = (options: Partial<DevelopmentCollateralOptions> = {}) => pki.collateral({ issuedAt, ...options });
const store = (options: Partial<DevelopmentCollateralOptions> = {}) =>
  createEndorsementStore(published(options).documents);
const claimsUnder = async (endorsements: Endorsements, td: TdFields = {}): Promise<Claims> => {
  const evidence = await createSoftwareAttester({ platform, measurement, td }).attest(runtimeBytes);
  return verifyEvidence(evidence, { ...context, endorsements });
};
const codeUnder = (endorsements: Endorsements) => codeOf(() => claimsUnder(endorsements));
/** TEE_TCB_SVN: the module's security version, its number, then nothing. */
const svn = (...bytes: number[]) => Uint8Array.from({ length: 16 }, (_, index) => bytes[index] ?? 0);

test('good collateral of a development hierarchy: up to date, revocation checked, level 0 all the same', async () => {
  const claims = await claimsUnder(store());
  expect(claims).toMatchObject({
    anchor: 'development',
    tcb: { status: 'UpToDate', evaluationNumber: 18, advisories: [], date: new Date('2024-01-01T00:00:00Z') },
    revocation: 'checked',
    collateralIssuedAt: issuedAt,
    validity: { notBefore: issuedAt, notAfter: new Date(issuedAt.getTime() + 30 * DAY_MS) },
  });
  expect(appraise(claims, policy, challenge, now)).toMatchObject({
    decision: 'allow',
    level: 0,
    reasons: ['development-anchor'],
  });
  expect(appraise(claims, { ...policy, minLevel: 1 }, challenge, now).decision).toBe('deny');
});

test('a seed gives the same documents everywhere', () => {
  const again = createDevelopmentPki(Uint8Array.from({ length: 32 }, (_, i) => i)).collateral({ issuedAt });
  expect(again.documents.map(toHex)).toEqual(published().documents.map(toHex));
});

describe('what no public sample shows', () => {
  test('a revoked machine, platform authority or signer is refused; others under the same lists are not', async () => {
    expect(await codeUnder(store({ revokedDevices: ['a'] }))).toBe('attestation.revoked');
    expect(await codeUnder(store({ revokedDevices: ['b', 'a', 'c'] }))).toBe('attestation.revoked');
    expect(await codeUnder(store({ revokedDevices: ['b'] }))).toBe('ok');
    expect(await codeUnder(store({ revokedPlatformAuthority: true }))).toBe('attestation.revoked');
    expect(await codeUnder(store({ revokedTcbSigner: true }))).toBe('attestation.revoked');
  });

  test("a revoked machine stays refused when the root's list is missing", async () => {
    const endorsements = endorsementsWith(store({ revokedDevices: ['a'] }), {
      'revocation-list/Encryptech Development Root CA': undefined,
    });
    expect(await codeUnder(endorsements)).toBe('attestation.revoked');
  });

  test('relaunch advised: the platform was updated under a running TD 1.5', async () => {
    const module = [level(2, 'UpToDate', '2026-06-01'), level(1, 'OutOfDate')];
    const td = { teeTcbSvn: svn(1, 1), teeTcbSvn2: svn(2, 1) };
    const claims = await claimsUnder(store({ module }), td);
    expect(claims.tcb.status).toBe('TDRelaunchAdvised');
    expect(claims.intel).toMatchObject({ quoteVersion: 5, bodyType: 3, module: { id: 'TDX_01', isvSvn: 1 } });
    const configured = store({ module, platform: [level(0, 'ConfigurationNeeded')] });
    expect((await claimsUnder(configured, td)).tcb.status).toBe('TDRelaunchAdvisedConfigurationNeeded');
    const notUpdated = { ...td, teeTcbSvn2: svn(1, 1) };
    expect((await claimsUnder(store({ module }), notUpdated)).tcb.status).toBe('OutOfDate');
    const outdated = store({ module, quotingEnclave: below('OutOfDate') });
    expect((await claimsUnder(outdated, td)).tcb.status).toBe('OutOfDate');
  });

  test('statuses of platform, module and quoting enclave, alone and converged', async () => {
    const status = async (options: Partial<DevelopmentCollateralOptions>, td: TdFields = {}) =>
      (await claimsUnder(store(options), td)).tcb.status;
    for (const word of ['SWHardeningNeeded', 'ConfigurationNeeded', 'OutOfDate', 'Revoked'] as const)
      expect(await status({ platform: below(word) })).toBe(word);
    expect(await status({ platform: [level(1, 'UpToDate')] })).toBe('NotSupported');
    expect(await status({ quotingEnclave: below('OutOfDate') })).toBe('OutOfDate');
    expect(await status({ quotingEnclave: below('Revoked') })).toBe('Revoked');
    expect(await status({ quotingEnclave: [level(1, 'UpToDate')] })).toBe('NotSupported');
    const both = { platform: below('ConfigurationNeeded'), quotingEnclave: below('OutOfDate') };
    expect(await status(both)).toBe('OutOfDateConfigurationNeeded');
    expect(await status({ module: below('Revoked') }, { teeTcbSvn: svn(0, 1) })).toBe('Revoked');
    expect(await status({ module: below('OutOfDate') }, { teeTcbSvn: svn(0, 0) })).toBe('UpToDate');
  });

  test('out of date since the update that came after the level reached', async () => {
    const { tcb } = await claimsUnder(store({ platform: below('OutOfDate') }));
    expect(tcb.outOfDateSince).toEqual(new Date('2026-06-01T00:00:00Z'));
    const inGrace = { ...policy, tcbGraceSec: 31 * 86_400 };
    const claims = await claimsUnder(store({ platform: below('OutOfDate') }));
    expect(appraise(claims, inGrace, challenge, now).reasons).not.toContain('tcb-out-of-date');
    expect(appraise(claims, policy, challenge, now).reasons).toContain('tcb-out-of-date');
  });

  test('a TDX module that nobody knows, or of another signer, is refused', async () => {
    expect(await codeOf(() => claimsUnder(store(), { teeTcbSvn: svn(0, 2) }))).toBe('attestation.moduleMismatch');
    for (const td of [{ mrSignerSeam: new Uint8Array(48).fill(1) }, { seamAttributes: svn(1).subarray(0, 8) }])
      expect(await codeOf(() => claimsUnder(store(), td))).toBe('attestation.moduleMismatch');
  });

  test('collateral before its issue, after its next update, and between', async () => {
    const code = (from: number, to: number) =>
      codeUnder(store({ issuedAt: new Date(now.getTime() + from), nextUpdate: new Date(now.getTime() + to) }));
    expect(await code(1_000, DAY_MS)).toBe('attestation.expiredEndorsement');
    expect(await code(-DAY_MS, -1_000)).toBe('attestation.expiredEndorsement');
    expect(await code(-DAY_MS, 0)).toBe('ok');
    expect(await code(0, DAY_MS)).toBe('ok');
  });

  test('the evaluation number is a claim', async () => {
    expect((await claimsUnder(store({ evaluationNumber: 12 }))).tcb.evaluationNumber).toBe(12);
  });
});

describe('revocation is unknown, and never taken for checked', () => {
  const LISTS = {
    pck: 'revocation-list/Encryptech Development PCK Platform CA',
    root: 'revocation-list/Encryptech Development Root CA',
  };
  const foreign = createDevelopmentPki(new Uint8Array(32).fill(9));
  const lists: Record<string, Uint8Array | undefined> = {
    'no list': undefined,
    'an empty list of bytes': new Uint8Array(0),
    garbage: Uint8Array.from({ length: 200 }, (_, i) => i),
    'an expired list': published({ issuedAt: new Date(0), nextUpdate: new Date(1_000) }).pckRevocations,
    'a list of the future': published({ issuedAt: new Date('2040-01-01T00:00:00Z') }).pckRevocations,
    'a list of another issuer': published().rootRevocations,
    'a list of a foreign hierarchy with the same names': foreign.collateral({ issuedAt }).pckRevocations,
    'a list with a changed byte': flipped(published().pckRevocations, 60),
    'a certificate in place of a list': pki.anchor.certificate!,
    'a list signed by the machine itself': writeRevocationList({
      issuer: 'Encryptech Development PCK Platform CA',
      issuerKey: platform.pckKey,
      thisUpdate: issuedAt,
      nextUpdate: new Date(now.getTime() + DAY_MS),
      revoked: [],
    }),
    'the same serial number, listed by another issuer': foreign.collateral({ issuedAt, revokedDevices: ['a'] })
      .pckRevocations,
  };
  for (const [name, list] of Object.entries(lists)) {
    test(`${name} in place of the PCK list`, async () => {
      const claims = await claimsUnder(endorsementsWith(store(), { [LISTS.pck]: list }));
      expect(claims.revocation).toBe('unknown');
      expect(claims.revocationProblem).toMatch(/^PCK revocation list: attestation\./);
    });
    test(`${name} in place of the root's list`, async () => {
      const swapped = name === 'a list of another issuer' ? published().pckRevocations : list;
      const claims = await claimsUnder(endorsementsWith(store(), { [LISTS.root]: swapped }));
      expect(claims.revocation).toBe('unknown');
      expect(claims.revocationProblem).toMatch(/^Root revocation list: attestation\./);
    });
  }

  test('the same serial number under the own issuer counts', async () => {
    const seed = fromHex('09'.repeat(32));
    const own = createDevelopmentPki(seed);
    const evidence = await createSoftwareAttester({ platform: own.platform('a'), measurement }).attest(runtimeBytes);
    const endorsements = createEndorsementStore(own.collateral({ issuedAt, revokedDevices: ['a'] }).documents);
    const anchors = { vendor: {}, development: [own.anchor] };
    expect(await codeOf(() => verifyEvidence(evidence, { now, anchors, endorsements }))).toBe('attestation.revoked');
  });
});
