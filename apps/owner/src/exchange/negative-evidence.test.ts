import { createEndorsementStore, encodeRuntimeData, type Evidence, type RuntimeData } from '@encryptech/attestation';
import { concatBytes, toHex, utf8 } from '@encryptech/base';
import { configurationDigest } from '@encryptech/provider/enclave';
import { beforeAll, describe, expect, test } from 'vitest';
import { NOW, exchangeWorld, id, type World } from '../../test/exchange-world.ts';
import type { JudgeEvidenceOptions } from '../judgement/judge-evidence.ts';

let world: World;
beforeAll(async () => {
  world = await exchangeWorld();
});

type Judged = readonly [evidence: Evidence | Promise<Evidence>, change?: Partial<JudgeEvidenceOptions>];

/** Evidence as the enclave would give it, but for what its runtime data says. */
const says = (change: (world: World) => Partial<RuntimeData>) => (at: World) => [at.attest(change(at))] as const;
const bytes = (change: (body: Uint8Array) => Uint8Array) => (at: World) =>
  [{ ...at.evidence, body: change(at.evidence.body.slice()) }] as const;
const relabelled = (kind: Evidence['kind']) => (at: World) => [{ ...at.evidence, kind }] as const;
const flipped = (at: number) => (body: Uint8Array) => {
  body[at < 0 ? body.length + at : at]! ^= 1;
  return body;
};

type Collateral = Parameters<World['kit']['pki']['collateral']>[0];
const ISSUED = new Date(NOW.getTime() - 86_400_000);
/** The honest evidence, judged with the vendor's documents as they say something else. */
const withDocuments =
  (change: Partial<Collateral>, from: (at: World) => World['lookalike'] = (at) => at.kit.pki) =>
  (at: World) => {
    const { documents } = from(at).collateral({ issuedAt: ISSUED, ...change });
    return [at.evidence, { endorsements: createEndorsementStore(documents) }] as const;
  };
const svn = (level: number, status: 'UpToDate' | 'Revoked', date: string) => ({
  svn: level,
  status,
  date: new Date(date),
});

/** What somebody tries to get the keys with, and the reason for which the owner keeps them. */
const VECTORS: Record<string, readonly [(world: World) => Judged, string]> = {
  'evidence for another job': [says(() => ({ job: id('ff') })), 'evidence:job-mismatch'],
  'evidence of another attempt': [says(() => ({ attempt: 2 })), 'evidence:attempt-mismatch'],
  'evidence for another dataset': [says(() => ({ dataset: id('ff') })), 'evidence:dataset-mismatch'],
  'nonce of another exchange': [says(() => ({ nonce: id('ff') })), 'evidence:nonce-mismatch'],
  'nonce of all zeros': [says(() => ({ nonce: id('00') })), 'evidence:nonce-mismatch'],
  'announcement in place of an answer': [says((at) => ({ nonce: at.kit.jobId })), 'evidence:nonce-mismatch'],
  'relay to another audience': [
    says((at) => ({ audience: { ...at.runtimeData.audience, owner: at.people.stranger.address } })),
    'evidence:audience-mismatch',
  ],
  'evidence for another chain': [
    says((at) => ({ audience: { ...at.runtimeData.audience, chainId: 1 } })),
    'evidence:audience-mismatch',
  ],
  'evidence for another contract': [
    says((at) => ({ audience: { ...at.runtimeData.audience, contract: at.people.stranger.address } })),
    'evidence:audience-mismatch',
  ],
  'evidence that was given to register': [says(() => ({ purpose: 'register' })), 'evidence:purpose-mismatch'],
  'configuration of another provider': [
    says((at) => ({ configuration: configurationDigest({ ...at.configured, provider: at.people.operator.address }) })),
    'evidence:configuration-mismatch',
  ],
  'configuration with another graph': [
    says((at) => ({ configuration: configurationDigest({ ...at.configured, graph: id('ff') }) })),
    'evidence:configuration-mismatch',
  ],
  'configuration with another spec': [
    says((at) => ({ configuration: configurationDigest({ ...at.configured, spec: id('ff') }) })),
    'evidence:configuration-mismatch',
  ],
  'configuration with another schema': [
    says((at) => ({ configuration: configurationDigest({ ...at.configured, manifest: id('ff') }) })),
    'evidence:configuration-mismatch',
  ],
  'signing key of another provider’s enclave': [
    says((at) => ({ signer: at.other.account.address })),
    'evidence:signer-mismatch',
  ],
  'the operator’s own key in place of the enclave’s': [
    says((at) => ({ signer: at.people.operator.address })),
    'evidence:signer-mismatch',
  ],
  'the operator’s key registered on chain, honest evidence': [
    (at) => [at.evidence, { challenge: { ...at.expected, signer: at.people.operator.address } }],
    'evidence:signer-mismatch',
  ],
  'an X25519 key where X-Wing was asked for': [
    (at) => [at.evidence, { challenge: { ...at.expected, kem: 'x-wing' } }],
    'evidence:kem-mismatch',
  ],
  'an X-Wing key where X25519 was asked for': [
    says((at) => ({ kem: 'x-wing', hpkePublicKey: toHex(at.hybrid.publicKey) })),
    'evidence:kem-mismatch',
  ],
  'HPKE key exchanged on the way': [
    (at) => [
      {
        ...at.evidence,
        runtimeData: encodeRuntimeData({ ...at.runtimeData, hpkePublicKey: toHex(at.other.envelope.publicKey) }),
      },
    ],
    'evidence.unverified',
  ],
  'runtime data with bytes after it': [
    (at) => [{ ...at.evidence, runtimeData: concatBytes(at.evidence.runtimeData, Uint8Array.of(0)) }],
    'evidence.unverified',
  ],
  'runtime data that is no CBOR': [(at) => [{ ...at.evidence, runtimeData: utf8('{}') }], 'evidence.unverified'],
  'report data with more in it than the hash': [
    (at) => {
      const reportData = new Uint8Array(64).fill(1);
      return [at.quote({ reportData })];
    },
    'evidence.unverified',
  ],
  'code that nobody listed': [
    (at) => [at.attest({}, { code: `0x${'ab'.repeat(48)}` })],
    'evidence:measurement-not-allowed',
  ],
  'withdrawn measurement': [
    (at) => [at.evidence, { policy: { ...at.kit.policy, measurements: [`0x${'cd'.repeat(48)}`] } }],
    'evidence:measurement-not-allowed',
  ],
  'a policy that lists nothing': [
    (at) => [at.evidence, { policy: { ...at.kit.policy, measurements: [] } }],
    'evidence:measurement-not-allowed',
  ],
  'debug enclave': [(at) => [at.quote({ tdAttributes: Uint8Array.of(1, 0, 0, 0x10, 0, 0, 0, 0) })], 'evidence:debug'],
  'quoting enclave in debug mode': [
    (at) => {
      const attributes = Uint8Array.of(0x17, 0, 0, 0, 0, 0, 0, 0, 0xe7, 0, 0, 0, 0, 0, 0, 0);
      return [at.quote({}, { attributes })];
    },
    'evidence.unverified',
  ],
  'quoting enclave that vouches for another key': [
    (at) => [at.quote({}, { reportData: new Uint8Array(64).fill(7) })],
    'evidence.unverified',
  ],
  'answer to a challenge that is over': [
    (at) => [at.evidence, { now: new Date(NOW.getTime() + 300_001) }],
    'evidence:challenge-expired',
  ],
  'certificates that are over': [
    (at) => [at.evidence, { now: new Date('2050-01-01T00:00:00Z') }],
    'evidence.unverified',
  ],
  'certificates that are not valid yet': [
    (at) => [at.evidence, { now: new Date('2023-12-31T00:00:00Z') }],
    'evidence.unverified',
  ],
  'foreign root of the same name': [(at) => [at.attest({}, { pki: at.lookalike })], 'evidence.unverified'],
  'no development root pinned: production': [
    (at) => [at.evidence, { anchors: { vendor: {}, development: [] } }],
    'evidence.unverified',
  ],
  'software enclave where hardware is asked for': [(at) => [at.evidence, { minLevel: 1 }], 'evidence:level-too-low'],
  'software evidence relabelled TDX': [relabelled('tdx'), 'evidence.unverified'],
  'software evidence relabelled SGX': [relabelled('sgx'), 'evidence.unverified'],
  'software evidence relabelled SEV-SNP': [relabelled('sev-snp'), 'evidence.unverified'],
  'software evidence relabelled Nitro': [relabelled('nitro'), 'evidence.unverified'],
  'evidence of no kind': [relabelled('sealed-room' as never), 'evidence.unverified'],
  'software root pinned as a vendor’s': [
    (at) => {
      const { anchor } = at.kit.pki;
      return [{ ...at.evidence, kind: 'tdx' }, { anchors: { vendor: { tdx: [anchor] }, development: [] } }];
    },
    'evidence.unverified',
  ],
  'revoked machine': [withDocuments({ revokedDevices: ['kit'] }), 'evidence.unverified'],
  'revoked authority above the machine': [withDocuments({ revokedPlatformAuthority: true }), 'evidence.unverified'],
  'revoked TCB': [withDocuments({ platform: [svn(0, 'Revoked', '2024-01-01')] }), 'evidence:tcb-revoked'],
  'TCB that the vendor does not know': [
    withDocuments({ platform: [svn(1, 'UpToDate', '2026-01-01')] }),
    'evidence:tcb-not-supported',
  ],
  'revoked quoting enclave': [
    withDocuments({ quotingEnclave: [svn(0, 'Revoked', '2024-01-01')] }),
    'evidence:tcb-revoked',
  ],
  'stale collateral': [withDocuments({ issuedAt: new Date('2025-12-01T00:00:00Z') }), 'evidence.unverified'],
  'collateral of the future': [withDocuments({ issuedAt: new Date('2026-04-01T00:00:00Z') }), 'evidence.unverified'],
  'documents of a foreign root of the same name': [withDocuments({}, (at) => at.lookalike), 'evidence.unverified'],
  'revoked signer of the documents': [withDocuments({ revokedTcbSigner: true }), 'evidence.unverified'],
  garbage: [bytes(() => utf8('garbage'.repeat(200))), 'evidence.unverified'],
  'nothing at all': [bytes(() => new Uint8Array(0)), 'evidence.unverified'],
  'a quote of 2 MB': [bytes((body) => concatBytes(body, new Uint8Array(2_000_000))), 'evidence.unverified'],
  'a quote without its end': [bytes((body) => body.slice(0, -100)), 'evidence.unverified'],
  'a quote without its signature': [bytes((body) => body.slice(0, 632)), 'evidence.unverified'],
  'another version in the header': [bytes(flipped(0)), 'evidence.unverified'],
  'another TEE type in the header': [bytes(flipped(4)), 'evidence.unverified'],
  'another vendor in the header': [bytes(flipped(12)), 'evidence.unverified'],
  'measurement changed after signing': [bytes(flipped(48 + 136)), 'evidence.unverified'],
  'signature changed': [bytes(flipped(636)), 'evidence.unverified'],
  'attestation key changed': [bytes(flipped(700)), 'evidence.unverified'],
  'certificate changed': [bytes(flipped(-300)), 'evidence.unverified'],
};

describe('the owner keeps the keys', () => {
  test.each(Object.entries(VECTORS))('%s', async (_, [make, code]) => {
    const [evidence, change] = make(world);
    const verdict = await world.judge(await evidence, change);
    expect(verdict.allowed ? 'allowed' : verdict.denials.map((one) => one.code)).toContain(code);
  });

  test('from all of them, and from at least forty', () => {
    expect(Object.keys(VECTORS).length).toBeGreaterThanOrEqual(40);
  });

  test('but gives them to the honest enclave', async () => {
    expect(await world.judge(world.evidence)).toMatchObject({ allowed: true, level: 0 });
    const [evidence, documents] = withDocuments({})(world);
    expect(await world.judge(evidence, documents)).toMatchObject({ allowed: true, level: 0 });
  });
});
