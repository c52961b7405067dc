import { toHex } from '@encryptech/base';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  challenge,
  context,
  evidence,
  now,
  platform,
  policy,
  repeat,
  runtimeBytes,
  runtimeData,
} from '../../test/fixture.ts';
import { deny, software, strict, tdx, verdict, withoutSwitch } from '../../test/hardware-claims.ts';
import { TCB_STATUSES, type Claims } from '../claims.ts';
import { appraisalPolicyDigest } from '../policy/appraisal-policy-digest.ts';
import type { AppraisalPolicy } from '../policy/appraisal-policy.ts';
import { encodeRuntimeData } from '../runtime-data/encode-runtime-data.ts';
import { reportDataOf } from '../runtime-data/report-data.ts';
import { signQuote } from '../software/sign-quote.ts';
import { verifyEvidence } from '../verify-evidence.ts';
import { appraise } from './appraise.ts';
import { describeReason, REASONS, type ReasonCode } from './reasons.ts';

test('a software enclave is accepted at level 0 where the policy says so', () => {
  expect(appraise(software, policy, challenge, now)).toEqual({
    version: 1,
    decision: 'allow',
    level: 0,
    reasons: ['development-anchor'],
    status: 'none',
    vector: {
      'instance-identity': 97,
      configuration: 2,
      executables: 3,
      'file-system': 0,
      hardware: 97,
      'runtime-opaque': 96,
      'storage-opaque': 0,
      'sourced-data': 0,
    },
    evidenceId: software.evidenceId,
    policyDigest: appraisalPolicyDigest(policy),
    keys: { hpkePublicKey: runtimeData.hpkePublicKey, signer: runtimeData.signer },
    expiresAt: challenge.expiresAt,
  });
});

test('a software enclave is refused without the insecure switch, or where a level is asked for', () => {
  expect(appraise(software, withoutSwitch, challenge, now)).toMatchObject(
    deny('development-not-allowed', 'development-anchor'),
  );
  expect(appraise(software, { ...policy, minLevel: 1 }, challenge, now)).toMatchObject(
    deny('level-too-low', 'development-anchor'),
  );
});

const other = repeat(0xee, 32);
test.each<[ReasonCode, Partial<typeof challenge>]>([
  ['purpose-mismatch', { purpose: 'register' }],
  ['audience-mismatch', { audience: { ...challenge.audience, owner: repeat(0xee, 20) } }],
  ['audience-mismatch', { audience: { ...challenge.audience, chainId: 1 } }],
  ['audience-mismatch', { audience: { ...challenge.audience, contract: repeat(0xee, 20) } }],
  ['nonce-mismatch', { nonce: other }],
  ['job-mismatch', { job: other }],
  ['attempt-mismatch', { attempt: 1 }],
  ['dataset-mismatch', { dataset: other }],
  ['configuration-mismatch', { configuration: other }],
  ['kem-mismatch', { kem: 'x-wing' }],
  ['signer-mismatch', { signer: repeat(0xee, 20) }],
  ['challenge-not-yet-valid', { issuedAt: new Date(now.getTime() + 1) }],
  ['challenge-expired', { expiresAt: new Date(now.getTime() - 1) }],
  ['challenge-expired', { expiresAt: new Date(Number.NaN) }],
])('evidence for another challenge is refused: %s', (reason, change) => {
  expect(appraise(tdx, strict, { ...challenge, ...change }, now)).toMatchObject(deny(reason));
});

test('an X-Wing key answers a challenge that asks for one, and no other', () => {
  const data = { ...runtimeData, kem: 'x-wing' as const, hpkePublicKey: repeat(0x77, 1216) };
  const claims = { ...tdx, runtimeData: data, reportData: toHex(reportDataOf(encodeRuntimeData(data))) };
  expect(appraise(claims, strict, { ...challenge, kem: 'x-wing' }, now)).toMatchObject({
    decision: 'allow',
    keys: { hpkePublicKey: repeat(0x77, 1216) },
  });
  expect(appraise(claims, strict, challenge, now)).toMatchObject(deny('kem-mismatch'));
  expect(appraise(claims, strict, { ...challenge, kem: 'x25519' as never }, now)).toMatchObject(deny('kem-mismatch'));
});

test('the ends of challenge and evidence still count, and addresses are the same in either case', () => {
  const audience = { ...challenge.audience, owner: repeat(0xab, 20) };
  const data = { ...runtimeData, audience };
  const claims = { ...tdx, runtimeData: data, reportData: toHex(reportDataOf(encodeRuntimeData(data))) };
  const upper = { ...audience, owner: `0x${'AB'.repeat(20)}` as const };
  const exact = { ...challenge, audience: upper, signer: runtimeData.signer, issuedAt: now, expiresAt: now };
  const result = appraise({ ...claims, validity: { notBefore: now, notAfter: now } }, strict, exact, now);
  expect(result).toMatchObject({ decision: 'allow', expiresAt: now });
});

test('the verdict ends with the evidence when that is sooner', () => {
  const notAfter = new Date(now.getTime() + 1_000);
  const result = appraise({ ...tdx, validity: { ...tdx.validity, notAfter } }, strict, challenge, now);
  expect(result).toMatchObject({ decision: 'allow', expiresAt: notAfter });
});

test.each<[ReasonCode, Partial<Claims>]>([
  ['binding-mismatch', { reportData: repeat(0, 64) }],
  ['binding-mismatch', { reportData: `${tdx.reportData.slice(0, -1)}1` as `0x${string}` }],
  ['evidence-not-yet-valid', { validity: { ...tdx.validity, notBefore: new Date(now.getTime() + 1) } }],
  ['evidence-expired', { validity: { ...tdx.validity, notAfter: new Date(now.getTime() - 1) } }],
  ['evidence-expired', { validity: { ...tdx.validity, notAfter: new Date(Number.NaN) } }],
  ['debug', { debug: true }],
  ['debug', { debug: undefined as unknown as boolean }],
  ['tcb-revoked', { tcb: { ...tdx.tcb, status: 'Revoked' } }],
  ['tcb-not-supported', { tcb: { ...tdx.tcb, status: 'NotSupported' } }],
  ['tcb-not-supported', { tcb: { ...tdx.tcb, status: 'none' } }],
  ['tcb-not-supported', { tcb: { ...tdx.tcb, status: 'Fine' as 'none' } }],
  ['tcb-out-of-date', { tcb: { ...tdx.tcb, status: 'OutOfDate' } }],
  ['measurement-not-allowed', { measurement: repeat(8, 48) }],
  ['service-td', { flags: { septVeDisable: true, serviceTd: true } }],
  ['service-td', { flags: { septVeDisable: true } }],
  ['sept-ve-enabled', { flags: { septVeDisable: false, serviceTd: false } }],
  ['sept-ve-enabled', { flags: { serviceTd: false } }],
  ['privileged-attributes', { kind: 'sgx', flags: { provisionKey: true, einitTokenKey: false } }],
  ['privileged-attributes', { kind: 'sgx', flags: { provisionKey: false, einitTokenKey: true } }],
  ['privileged-attributes', { kind: 'sgx', flags: {} }],
  ['evaluation-number-too-low', { tcb: { status: 'UpToDate', advisories: [], evaluationNumber: 16 } }],
  ['evaluation-number-too-low', { tcb: { status: 'UpToDate', advisories: [] } }],
])('evidence is refused at level 0: %s', (reason, claims) => {
  expect(verdict(claims)).toEqual(deny(reason));
  const lenient = { minLevel: 0, insecureAllowDevelopment: true } as const;
  expect(verdict(claims, lenient), 'whatever is asked for').toEqual(deny(reason));
});

test('the debug bit of a real quote is refused under the most lenient policy', async () => {
  const tdAttributes = Uint8Array.of(1, 0, 0, 0x10, 0, 0, 0, 0);
  const mrTd = new Uint8Array(48).fill(9);
  const body = signQuote(platform, { tdAttributes, mrTd, reportData: reportDataOf(runtimeBytes) });
  const claims = await verifyEvidence({ ...evidence, body }, context);
  const lenient = { ...policy, insecureAllowServiceTd: true, insecureAllowSeptVe: true };
  expect(appraise(claims, lenient, challenge, now)).toMatchObject(deny('debug', 'development-anchor'));
});

test('what the policy excludes is refused', () => {
  expect(verdict({}, { kinds: ['sgx'] })).toEqual(deny('kind-not-allowed'));
  expect(verdict({}, { deniedDevices: [tdx.deviceIdHash!] })).toEqual(deny('device-denied'));
});

test('empty allow-lists allow nothing', () => {
  expect(verdict({}, { kinds: [] })).toEqual(deny('kind-not-allowed'));
  expect(verdict({}, { measurements: [] })).toEqual(deny('measurement-not-allowed'));
});

test('insecure switches loosen just their rule', () => {
  expect(verdict({ flags: { septVeDisable: true } }, { insecureAllowServiceTd: true }).decision).toBe('allow');
  expect(verdict({ flags: { serviceTd: false } }, { insecureAllowSeptVe: true }).decision).toBe('allow');
  expect(verdict({ flags: {} }, { insecureAllowSeptVe: true })).toEqual(deny('service-td'));
  expect(verdict({ flags: {} }, { insecureAllowSeptVe: false, insecureAllowServiceTd: true })).toEqual(
    deny('sept-ve-enabled'),
  );
});

test('all reasons are told at once, in one order', () => {
  const claims = { ...tdx, debug: true, measurement: repeat(1, 48) };
  const result = appraise(claims, { ...strict, kinds: [] }, { ...challenge, nonce: other, job: other }, now);
  expect(result).toMatchObject(
    deny('nonce-mismatch', 'job-mismatch', 'debug', 'kind-not-allowed', 'measurement-not-allowed'),
  );
});

test('refused evidence gives no keys away', () => {
  expect(appraise(tdx, strict, { ...challenge, nonce: other }, now)).not.toHaveProperty('keys');
});

test('it is pure: the same input gives the same result and stays as it was', () => {
  const before = JSON.stringify([tdx, strict, challenge]);
  expect(appraise(tdx, strict, challenge, now)).toEqual(appraise(tdx, strict, challenge, now));
  expect(JSON.stringify([tdx, strict, challenge])).toBe(before);
});

test('it is total: input of any shape is denied', () => {
  const anything = fc.oneof(fc.anything(), fc.constant(undefined));
  fc.assert(
    fc.property(anything, anything, anything, anything, (claims, aPolicy, aChallenge, time) => {
      for (const input of [
        [claims, strict, challenge, now],
        [tdx, aPolicy, challenge, now],
        [tdx, strict, aChallenge, now],
        [tdx, strict, challenge, time],
      ]) {
        const result = appraise(...(input as Parameters<typeof appraise>));
        expect(result).toMatchObject({ decision: 'deny', level: 0 });
        expect(result.reasons.length).toBeGreaterThan(0);
      }
    }),
  );
});

test('a field of the claims that is missing or of another type denies, or lowers the level', () => {
  const fatal = [
    'kind',
    'anchor',
    'measurement',
    'runtimeData',
    'reportData',
    'debug',
    'flags',
    'tcb',
    'validity',
    'evidenceId',
  ];
  const lowering = ['revocation', 'collateralIssuedAt', 'deviceIdHash'];
  fc.assert(
    fc.property(fc.constantFrom(...fatal, ...lowering), fc.anything(), (name, value) => {
      fc.pre(value !== tdx[name as keyof Claims]);
      const result = appraise({ ...tdx, [name]: value }, strict, challenge, now);
      if (fatal.includes(name)) expect(result).toMatchObject({ decision: 'deny', level: 0 });
      expect(result.level).toBeLessThan(3);
    }),
    { numRuns: 1_000 },
  );
});

test('malformed input keeps what could be read', () => {
  expect(appraise(null as unknown as Claims, strict, challenge, now)).toMatchObject({
    version: 1,
    ...deny('malformed-input'),
    status: 'contraindicated',
    evidenceId: '0x',
    policyDigest: appraisalPolicyDigest(strict),
  });
  const loose = { ...strict, insecureAllowEverything: true } as AppraisalPolicy;
  expect(appraise(tdx, loose, challenge, now)).toMatchObject({
    version: 1,
    ...deny('malformed-input'),
    status: 'contraindicated',
    evidenceId: tdx.evidenceId,
    policyDigest: '0x',
  });
});

test('every status has a verdict, every reason a sentence', () => {
  for (const status of TCB_STATUSES) expect(verdict({ tcb: { ...tdx.tcb, status } }).level).toBeLessThanOrEqual(3);
  for (const code of Object.keys(REASONS) as ReasonCode[]) expect(describeReason(code)).toMatch(/^[A-Z].*\.$/);
});
