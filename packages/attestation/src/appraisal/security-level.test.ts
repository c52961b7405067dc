import { expect, test } from 'vitest';
import { challenge, now } from '../../test/fixture.ts';
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

test('SEV-SNP has at most level 1 under this version of the policy, and says each reason', () => {
  const genoa: Partial<Claims> = {
    kind: 'sev-snp',
    product: 'Genoa',
    tcb: { status: 'none', advisories: [] },
    flags: { vlek: false, reportV2: false },
  };
  expect(verdict(genoa)).toEqual({ decision: 'allow', level: 1, reasons: ['snp-minimum-unset'] });
  expect(verdict({ ...genoa, product: 'Milan', flags: { vlek: true, reportV2: true } }).reasons).toEqual([
    'vlek',
    'snp-milan',
    'snp-report-v2',
    'snp-minimum-unset',
  ]);
});

test('Nitro reaches level 2 and 3 without a TCB status or revocation', () => {
  const nitro: Partial<Claims> = {
    kind: 'nitro',
    tcb: { status: 'none', advisories: [] },
    revocation: 'not-applicable',
    flags: {},
  };
  expect(verdict(nitro).level).toBe(3);
  expect(verdict(nitro, { registeredDevices: [] }).level).toBe(2);
});
