import {
  createDevelopmentPki,
  createSoftwareAttester,
  encodeRuntimeData,
  type Challenge,
  type RuntimeData,
} from '@encryptech/attestation';
import type { Hex } from '@encryptech/base';
import type { ReleasePolicy } from '@encryptech/protocol';
import { describe, expect, test } from 'vitest';
import { judgeEvidence, type JudgeEvidenceOptions } from './judge-evidence.ts';

const pki = createDevelopmentPki(new Uint8Array(32).fill(1));
const other = createDevelopmentPki(new Uint8Array(32).fill(2));
const id = (byte: string): Hex => `0x${byte.repeat(32)}`;
const address = (byte: string): Hex => `0x${byte.repeat(20)}`;
const MEASUREMENT: Hex = `0x${'aa'.repeat(48)}`;
const now = new Date('2026-01-01T00:01:00Z');

const said: RuntimeData = {
  version: 1,
  purpose: 'release',
  audience: { owner: address('01'), chainId: 31337, contract: address('02') },
  nonce: id('03'),
  job: id('04'),
  attempt: 1,
  dataset: id('05'),
  configuration: id('06'),
  hpkePublicKey: id('07'),
  signer: address('08'),
};
const challenge: Challenge = {
  purpose: 'release',
  audience: said.audience,
  nonce: said.nonce,
  job: said.job,
  attempt: said.attempt,
  dataset: said.dataset,
  configuration: said.configuration,
  signer: said.signer,
  issuedAt: new Date('2026-01-01T00:00:00Z'),
  expiresAt: new Date('2026-01-01T00:05:00Z'),
};
const policy: ReleasePolicy = {
  version: 1,
  dataset: said.dataset,
  purposes: ['train'],
  developers: '*',
  mechanisms: ['dp-sgd'],
  minLevel: 0,
  maxEpsilonPerJob: 1,
  measurements: [MEASUREMENT],
  until: 4_000_000_000,
};

const attest = (change: Partial<RuntimeData> = {}, from = pki) =>
  createSoftwareAttester({ platform: from.platform('a'), measurement: new Uint8Array(48).fill(0xaa) }).attest(
    encodeRuntimeData({ ...said, ...change }),
  );

async function judge(change: Partial<JudgeEvidenceOptions> = {}) {
  return judgeEvidence({
    evidence: await attest(),
    challenge,
    policy,
    minLevel: 0,
    anchors: { vendor: {}, development: [pki.anchor] },
    now,
    ...change,
  });
}

async function codes(change: Partial<JudgeEvidenceOptions>) {
  const verdict = await judge(change);
  return verdict.allowed ? [] : verdict.denials.map(({ code }) => code);
}

describe('judgeEvidence', () => {
  test('gives the key to seal to, and level 0, for fresh evidence of listed code for this job', async () => {
    expect(await judge()).toEqual({
      allowed: true,
      evidenceId: expect.stringMatching(/^0x[0-9a-f]{64}$/) as string,
      level: 0,
      hpkePublicKey: id('07'),
      signer: address('08'),
      enclave: {
        // SHA-256 of 48 bytes 0xaa, as sha256sum computes it.
        measurement: '0xdd659f8a49133759d495ee5d15262cdc0050f9027e20c7bed3e0599e27adec4b',
        device: expect.stringMatching(/^0x[0-9a-f]{64}$/) as string,
      },
    });
  });

  test.each<[string, Partial<RuntimeData>, string]>([
    ['another job', { job: id('ff') }, 'evidence:job-mismatch'],
    ['another attempt', { attempt: 2 }, 'evidence:attempt-mismatch'],
    ['another dataset', { dataset: id('ff') }, 'evidence:dataset-mismatch'],
    ['another challenge', { nonce: id('ff') }, 'evidence:nonce-mismatch'],
    ['another owner', { audience: { ...said.audience, owner: address('ff') } }, 'evidence:audience-mismatch'],
    ['another chain', { audience: { ...said.audience, chainId: 1 } }, 'evidence:audience-mismatch'],
    ['another contract', { audience: { ...said.audience, contract: address('ff') } }, 'evidence:audience-mismatch'],
    ['another configuration', { configuration: id('ff') }, 'evidence:configuration-mismatch'],
    ['another signing key', { signer: address('ff') }, 'evidence:signer-mismatch'],
    ['another purpose', { purpose: 'register' }, 'evidence:purpose-mismatch'],
  ])('evidence for %s is refused', async (_, change, code) => {
    expect(await codes({ evidence: await attest(change) })).toContain(code);
  });

  test('so is unknown measurement, an empty allow-list, a level below minimum, a challenge that is over', async () => {
    expect(await codes({ policy: { ...policy, measurements: [`0x${'bb'.repeat(48)}`] } })).toContain(
      'evidence:measurement-not-allowed',
    );
    expect(await codes({ policy: { ...policy, measurements: [] } })).toContain('evidence:measurement-not-allowed');
    expect(await codes({ minLevel: 1 })).toContain('evidence:level-too-low');
    expect(await codes({ now: new Date('2026-01-01T00:05:01Z') })).toContain('evidence:challenge-expired');
  });

  test('a foreign root, no root, and altered bytes do not verify', async () => {
    expect(await codes({ evidence: await attest({}, other) })).toEqual(['evidence.unverified']);
    expect(await codes({ anchors: { vendor: {}, development: [] } })).toEqual(['evidence.unverified']);
    const evidence = await attest();
    const body = evidence.body.slice();
    body[200]! ^= 1;
    expect(await codes({ evidence: { ...evidence, body } })).toEqual(['evidence.unverified']);
    const runtimeData = encodeRuntimeData({ ...said, hpkePublicKey: id('ff') });
    expect(await codes({ evidence: { ...evidence, runtimeData } })).toEqual(['evidence.unverified']);
  });
});
