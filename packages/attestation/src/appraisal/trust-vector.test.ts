import { expect, test } from 'vitest';
import { strict, tdx } from '../../test/hardware-claims.ts';
import { challenge, now, repeat } from '../../test/fixture.ts';
import type { Claims } from '../claims.ts';
import { appraise, appraiseEvidence } from './appraise.ts';
import { REASONS, type ReasonCode } from './reasons.ts';
import { trustTier, trustVector, type TrustVector } from './trust-vector.ts';

const BEST: TrustVector = {
  'instance-identity': 2,
  configuration: 2,
  executables: 3,
  'file-system': 0,
  hardware: 2,
  'runtime-opaque': 2,
  'storage-opaque': 0,
  'sourced-data': 0,
};

test('good hardware affirms', () => {
  expect(appraise(tdx, strict, challenge, now)).toMatchObject({ status: 'affirming', vector: BEST });
});

test.each<[string, Partial<Claims>, Partial<TrustVector>, string]>([
  ['debug', { debug: true }, { configuration: 96, 'runtime-opaque': 96 }, 'contraindicated'],
  ['other code', { measurement: repeat(7, 48) }, { executables: 33 }, 'contraindicated'],
  [
    'revoked',
    { tcb: { status: 'Revoked', advisories: [], evaluationNumber: 18 } },
    { hardware: 96 },
    'contraindicated',
  ],
  ['unknown revocation', { revocation: 'unknown' }, { hardware: 32 }, 'warning'],
  [
    'a weak configuration',
    { tcb: { status: 'ConfigurationNeeded', advisories: [], evaluationNumber: 18 } },
    { configuration: 32 },
    'warning',
  ],
  ['a broken binding', { reportData: repeat(0, 64) }, { 'instance-identity': 99 }, 'contraindicated'],
])('%s changes just its claims', (_, claims, changed, status) => {
  expect(appraise({ ...tdx, ...claims }, strict, challenge, now)).toMatchObject({
    status,
    vector: { ...BEST, ...changed },
  });
});

test('every reason that is not about the challenge or a wish for more moves a claim', () => {
  const silent = Object.keys(REASONS).filter(
    (code) => JSON.stringify(trustVector([code as ReasonCode])) === JSON.stringify(BEST),
  );
  expect(silent).toEqual([
    'purpose-mismatch',
    'audience-mismatch',
    'nonce-mismatch',
    'job-mismatch',
    'attempt-mismatch',
    'dataset-mismatch',
    'configuration-mismatch',
    'signer-mismatch',
    'kem-mismatch',
    'challenge-not-yet-valid',
    'challenge-expired',
    'development-not-allowed',
    'level-too-low',
    'place-not-proven',
    'build-not-reproducible',
  ]);
});

test('a software enclave that is accepted has no tier, one that is refused is contraindicated', () => {
  expect(trustTier('allow', ['development-anchor'])).toBe('none');
  expect(trustTier('deny', ['development-not-allowed', 'development-anchor'])).toBe('contraindicated');
});

test('evidence alone is judged by the same rules, and binds nothing', () => {
  const { runtimeData: _, ...facts } = tdx;
  expect(appraiseEvidence(facts, strict, now)).toMatchObject({ decision: 'allow', level: 3 });
  expect(appraiseEvidence({ ...facts, debug: true }, strict, now)).toMatchObject({ reasons: ['debug'] });
  expect(appraiseEvidence(undefined as never, strict, now)).toMatchObject({ reasons: ['malformed-input'] });
  const nitro = { ...facts, kind: 'nitro', tcb: { status: 'none', advisories: [] } } as const;
  expect(appraiseEvidence({ ...nitro, reportData: repeat(0, 64) }, strict, now)).toMatchObject({
    decision: 'deny',
    reasons: ['nothing-bound'],
  });
  const withNonce = { ...nitro, reportData: '0x', nitro: { moduleId: 'i', issuedAt: now, nonce: '0x01' } } as const;
  expect(appraiseEvidence(withNonce, strict, now)).toMatchObject({ decision: 'allow' });
});
