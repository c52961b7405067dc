import { expect, test } from 'vitest';
import { challenge, now, repeat } from '../../test/fixture.ts';
import { DAY_MS, deny, strict, tdx, verdict } from '../../test/hardware-claims.ts';
import type { Claims } from '../claims.ts';
import { appraise } from './appraise.ts';
import type { ReasonCode } from './reasons.ts';

test('no policy and no claim lifts a development anchor above level 0', () => {
  const claims: Claims = { ...tdx, anchor: 'development' };
  const generous = { ...strict, minLevel: 0 as const, insecureAllowDevelopment: true };
  expect(appraise(claims, generous, challenge, now)).toMatchObject({ decision: 'allow', level: 0 });
  for (const minLevel of [1, 2, 3] as const)
    expect(appraise(claims, { ...generous, minLevel }, challenge, now)).toMatchObject({ decision: 'deny', level: 0 });
});

test('an anchor that is neither, and a software enclave that claims a vendor, have level 0', () => {
  const unknown = 'self-signed' as 'vendor';
  expect(verdict({ anchor: unknown }, { insecureAllowDevelopment: true })).toEqual(
    deny('level-too-low', 'unknown-anchor'),
  );
  expect(verdict({ anchor: unknown })).toEqual(deny('development-not-allowed'));
  expect(verdict({ kind: 'software' }, { kinds: ['software'] })).toEqual(deny('level-too-low', 'unknown-anchor'));
});

test('good hardware in a known place with a reproducible build has level 3, and less without either', () => {
  expect(verdict({})).toEqual({ decision: 'allow', level: 3, reasons: [] });
  expect(verdict({}, { registeredDevices: [] })).toEqual({
    decision: 'allow',
    level: 2,
    reasons: ['place-not-proven'],
  });
  expect(verdict({}, { reproducibleMeasurements: [] })).toEqual({
    decision: 'allow',
    level: 2,
    reasons: ['build-not-reproducible'],
  });
});

const hardening = { status: 'SWHardeningNeeded', advisories: ['INTEL-SA-00615'], evaluationNumber: 18 } as const;
test.each<[ReasonCode, Partial<Claims>]>([
  ['tcb-configuration-needed', { tcb: { ...tdx.tcb, status: 'ConfigurationNeeded' } }],
  ['tcb-configuration-needed', { tcb: { ...tdx.tcb, status: 'ConfigurationAndSWHardeningNeeded' } }],
  ['tcb-relaunch-advised', { tcb: { ...tdx.tcb, status: 'TDRelaunchAdvised' } }],
  ['tcb-relaunch-advised', { tcb: { ...tdx.tcb, status: 'TDRelaunchAdvisedConfigurationNeeded' } }],
  ['advisories-not-accepted', { tcb: hardening }],
  ['advisories-not-accepted', { tcb: { ...hardening, advisories: [] } }],
  ['revocation-unknown', { revocation: 'unknown' }],
  ['revocation-unknown', { revocation: 'maybe' as 'unknown' }],
  ['collateral-stale', { collateralIssuedAt: new Date(now.getTime() - 7 * DAY_MS - 1) }],
  ['collateral-stale', { collateralIssuedAt: new Date(Number.NaN) }],
])('hardware with a weakness has level 1: %s', (reason, claims) => {
  expect(verdict(claims)).toEqual({ decision: 'allow', level: 1, reasons: [reason] });
  expect(verdict(claims, { minLevel: 2 })).toEqual({ decision: 'deny', level: 1, reasons: ['level-too-low', reason] });
});

test('collateral that says nothing of its age is stale; a week is not', () => {
  const { collateralIssuedAt: __, ...silent } = tdx;
  expect(appraise(silent, strict, challenge, now)).toMatchObject({ level: 1, reasons: ['collateral-stale'] });
  expect(verdict({ collateralIssuedAt: new Date(now.getTime() - 7 * DAY_MS) }).level).toBe(3);
});

test('accepted advisories keep the level, if all of them are accepted', () => {
  expect(verdict({ tcb: hardening }, { acceptedAdvisories: ['INTEL-SA-00615'] }).level).toBe(3);
  const two = { ...hardening, advisories: ['INTEL-SA-00615', 'INTEL-SA-00657'] };
  expect(verdict({ tcb: two }, { acceptedAdvisories: ['INTEL-SA-00615'] }).level).toBe(1);
});

test.each(['OutOfDate', 'OutOfDateConfigurationNeeded'] as const)('%s has level 1 within the grace time', (status) => {
  const since = (ms: number) => ({ tcb: { ...tdx.tcb, status, outOfDateSince: new Date(now.getTime() - ms) } });
  const grace = { tcbGraceSec: 86_400 };
  expect(verdict(since(DAY_MS), grace)).toEqual({ decision: 'allow', level: 1, reasons: ['tcb-in-grace'] });
  expect(verdict(since(DAY_MS + 1), grace)).toEqual(deny('tcb-out-of-date'));
  expect(verdict({ tcb: { ...tdx.tcb, status } }, grace)).toEqual(deny('tcb-out-of-date'));
});

const part = { bootloader: 10, tee: 0, snp: 23, microcode: 84 };
const snp: NonNullable<Claims['snp']> = {
  reportVersion: 3,
  vmpl: 0,
  policy: 0x30000n,
  signingKey: 'VCEK',
  currentTcb: part,
  reportedTcb: part,
  committedTcb: part,
  launchTcb: part,
};
const genoa: Partial<Claims> = {
  kind: 'sev-snp',
  product: 'Genoa',
  tcb: { status: 'none', advisories: [] },
  flags: {
    vlek: false,
    reportV2: false,
    aliasCheckComplete: true,
    migrationAgent: false,
    maskedChipKey: false,
    smtAllowed: true,
    smtEnabled: true,
  },
  snp,
};
const minimum = { snpMinimumTcb: { Genoa: part } };

test('SEV-SNP reaches level 3 with a minimum TCB, alias check and checked revocation', () => {
  expect(verdict(genoa, minimum)).toEqual({ decision: 'allow', level: 3, reasons: [] });
  expect(verdict({ ...genoa, revocation: 'unknown' }, minimum)).toMatchObject({
    level: 1,
    reasons: ['revocation-unknown'],
  });
});

test.each<[ReasonCode, Partial<Claims>]>([
  ['vlek', { flags: { ...genoa.flags, vlek: true } }],
  ['snp-report-v2', { flags: { ...genoa.flags, reportV2: true } }],
  ['snp-alias-check', { flags: { ...genoa.flags, aliasCheckComplete: false } }],
  ['snp-minimum-unset', { product: 'Turin' }],
  ['snp-below-minimum', { snp: { ...snp, reportedTcb: { ...part, microcode: 83 } } }],
  ['snp-below-minimum', { snp: { ...snp, launchTcb: { ...part, bootloader: 9, snp: 99 } } }],
  ['snp-below-minimum', { snp: { ...snp, committedTcb: { ...part, snp: 22 } } }],
  ['snp-below-minimum', { snp: { ...snp, currentTcb: { ...part, snp: 22 } } }],
])('SEV-SNP with a weakness has level 1: %s', (reason, claims) => {
  expect(verdict({ ...genoa, ...claims }, minimum)).toEqual({ decision: 'allow', level: 1, reasons: [reason] });
});

test('Milan has level 1 even above its minimum, and every weakness is told', () => {
  const milan = { ...genoa, product: 'Milan', flags: { ...genoa.flags, vlek: true, reportV2: true } };
  expect(verdict(milan, { snpMinimumTcb: { Milan: part } })).toMatchObject({
    level: 1,
    reasons: ['vlek', 'snp-milan', 'snp-report-v2'],
  });
});

test.each<[ReasonCode, Partial<Claims>]>([
  ['migration-agent', { flags: { ...genoa.flags, migrationAgent: true } }],
  ['smt-mismatch', { flags: { ...genoa.flags, smtAllowed: false } }],
  ['masked-chip-key', { flags: { ...genoa.flags, maskedChipKey: true } }],
  ['vmpl', { snp: { ...snp, vmpl: 1 } }],
])('SEV-SNP is refused: %s', (reason, claims) => {
  expect(verdict({ ...genoa, ...claims }, minimum)).toEqual(deny(reason));
});

test('another VMPL needs its insecure switch; a report without flags is refused', () => {
  const lower = { ...genoa, snp: { ...snp, vmpl: 3 } };
  expect(verdict(lower, { ...minimum, insecureAllowVmpl: true }).decision).toBe('allow');
  expect(verdict({ ...genoa, flags: {} }, minimum)).toEqual(deny('migration-agent', 'smt-mismatch', 'masked-chip-key'));
});

test('evidence that names no machine is refused where machines are excluded, and proves no place', () => {
  const { deviceIdHash: _, ...nameless } = tdx;
  const excluding = { ...strict, deniedDevices: [repeat(1, 32)] };
  expect(appraise(nameless, excluding, challenge, now)).toMatchObject(deny('device-unknown'));
  expect(appraise(nameless, strict, challenge, now)).toMatchObject({ level: 2, reasons: ['place-not-proven'] });
});

test('Nitro reaches level 2 without a TCB status or revocation, and 3 with a reproducible build: AWS is the place', () => {
  const nitro: Partial<Claims> = {
    kind: 'nitro',
    tcb: { status: 'none', advisories: [] },
    revocation: 'not-applicable',
    flags: {},
  };
  expect(verdict(nitro, { registeredDevices: [] }).level).toBe(3);
  expect(verdict(nitro, { reproducibleMeasurements: [] }).level).toBe(2);
});
