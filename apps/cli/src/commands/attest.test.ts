import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createDevelopmentPki,
  createSoftwareAttester,
  encodeEvidence,
  encodeRuntimeData,
} from '@encryptech/attestation';
import { toHex } from '@encryptech/base';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  teeSampleCases,
  teeSamplesFolder,
  testWithSamples,
  type TeeSampleCase,
} from '../../../../packages/attestation/test/tee-samples.ts';
import { recordingTerminal } from '../../test/recording-terminal.ts';
import { run } from '../run.ts';

let folder: string;
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'encryptech-attest-'))));
afterAll(() => rm(folder, { recursive: true }));

async function attest(...argv: string[]): Promise<{ code: number; out: string; err: string }> {
  const terminal = recordingTerminal({ cwd: folder });
  const code = await run(['attest', ...argv], terminal);
  return { code, out: terminal.written.out.join('\n'), err: terminal.written.err.join('') };
}
const json = (out: string) => JSON.parse(out) as Record<string, unknown>;

/** The command line of a case of the manifest, as a person would write it. */
function commandOf({ evidence, collateral, evaluateAt }: TeeSampleCase): string[] {
  const path = (name: string) => join(teeSamplesFolder!, name);
  const endorsements = collateral.filter((name) => !name.includes('bound-certificate')).map(path);
  return [
    'verify',
    path(evidence),
    ...(endorsements.length === 0 ? [] : ['--endorsements', ...endorsements]),
    '--at',
    evaluateAt ?? '2025-06-01T00:00:00Z',
  ];
}

/** Cases whose evidence is no evidence, only a certificate to parse. */
const PARSER_ONLY = ['snp-turin-vcek'];

for (const sample of teeSampleCases('tdx', 'sgx', 'sev-snp', 'nitro')) {
  if (PARSER_ONLY.includes(sample.id)) continue;
  test(`genuine evidence ends as the manifest says, without a policy given: ${sample.id}`, async () => {
    const { code, out } = await attest(...commandOf(sample), '--json');
    const result = json(out);
    const isAccepted = sample.strictPolicy.startsWith('accept');
    expect(result['decision'], JSON.stringify(result['reasons'])).toBe(isAccepted ? 'allow' : 'deny');
    expect([code, result['ok'], result['kind']]).toEqual([isAccepted ? 0 : 2, isAccepted, sample.tee]);
    const { expect: wanted } = sample;
    if (wanted['signatures'] === 'valid' || wanted['signature'] === 'valid' || 'coseSignature' in wanted)
      expect(result['signatures']).toBe('valid');
    if (typeof wanted['tcbStatus'] === 'string') expect(result['tcbStatus']).toBe(wanted['tcbStatus']);
    if (Array.isArray(wanted['advisoryIDs']))
      expect([...(result['advisories'] as string[])].sort()).toEqual([...(wanted['advisoryIDs'] as string[])].sort());
    if (typeof wanted['measurement'] === 'string') expect(result['measurement']).toBe(`0x${wanted['measurement']}`);
    if (typeof wanted['debug'] === 'boolean') expect(result['debug']).toBe(wanted['debug']);
  });
}

testWithSamples(
  'for people: each check in words, the facts, the level, why, and what no verifier can see',
  async () => {
    const good = teeSampleCases('tdx').find(({ id }) => id === 'tdx-v4-uptodate')!;
    const { code, out } = await attest(...commandOf(good));
    expect(code).toBe(0);
    expect(out).toContain('ok    quote-signature: ');
    expect(out).toContain('TCB          UpToDate of 2024-03-13');
    expect(out).toContain('level 2: genuine hardware, up to date');
    expect(out).toContain('TEE.fail');
    expect(out).toContain('ACCEPTED under the strict policy');
    const bare = await attest('verify', join(teeSamplesFolder!, good.evidence), '--at', '2025-07-01');
    expect(bare.code).toBe(2);
    expect(bare.out).toMatch(/^WRONG \S+: .*\n/);
    expect(bare.out).toContain('REFUSED (attestation.missingEndorsement)');
  },
);

testWithSamples('a policy decides, and endorsements that can not be read are named', async () => {
  const [sample] = teeSampleCases('nitro').filter(({ id }) => id === 'nitro-2025-prod-user-data');
  const made = await attest('policy', 'new', '--kind', 'nitro', '--measurement', `0x${'ab'.repeat(48)}`);
  await writeFile(join(folder, 'policy.json'), made.out);
  const { code, out } = await attest(...commandOf(sample!), '--policy', 'policy.json', '--json');
  expect([code, json(out)['reasons']]).toEqual([2, ['measurement-not-allowed']]);
  await writeFile(join(folder, 'garbage.pem'), 'nothing');
  const bad = await attest(
    'verify',
    join(teeSamplesFolder!, sample!.evidence),
    '--endorsements',
    'garbage.pem',
    '--json',
  );
  expect([bad.code, json(bad.out)]).toMatchObject([2, { code: 'attestation.badEndorsement', place: 'garbage.pem' }]);
});

testWithSamples('the manifest has these 22 cases', () => {
  expect(teeSampleCases('tdx', 'sgx', 'sev-snp', 'nitro')).toHaveLength(22);
});

test('evidence of a software enclave verifies under its development root only, and has level 0', async () => {
  const pki = createDevelopmentPki(new Uint8Array(32).fill(7));
  const attester = createSoftwareAttester({ platform: pki.platform('a'), measurement: new Uint8Array(48).fill(1) });
  const hex = (length: number) => toHex(new Uint8Array(length));
  const evidence = await attester.attest(
    encodeRuntimeData({
      version: 1,
      purpose: 'release',
      audience: { owner: hex(20), chainId: 1, contract: hex(20) },
      nonce: hex(32),
      job: hex(32),
      attempt: 0,
      dataset: hex(32),
      configuration: hex(32),
      hpkePublicKey: hex(32),
      signer: hex(20),
    }),
  );
  await writeFile(join(folder, 'evidence.cbor'), encodeEvidence(evidence));
  const certificate = toHex(pki.anchor.certificate);
  await writeFile(join(folder, 'network.json'), JSON.stringify({ developmentAnchor: { certificate } }));
  const policy = await attest('policy', 'new', '--kind', 'software', '--measurement', `0x${'01'.repeat(48)}`);
  await writeFile(join(folder, 'software.json'), policy.out);
  const at = ['--at', '2026-07-01T00:00:00Z', '--json'];
  const stranger = await attest('verify', 'evidence.cbor', ...at);
  expect([stranger.code, json(stranger.out)]).toMatchObject([2, { decision: 'deny', signatures: 'invalid', level: 0 }]);
  const known = ['verify', 'evidence.cbor', '--development', 'network.json'];
  const strict = await attest(...known, ...at);
  expect([strict.code, json(strict.out)]).toMatchObject([2, { signatures: 'valid', decision: 'deny', level: 0 }]);
  const allowed = await attest(...known, '--policy', 'software.json', ...at);
  expect([allowed.code, json(allowed.out)]).toMatchObject([0, { decision: 'allow', level: 0, anchor: 'development' }]);
  const relabelled = await attest(...known, '--kind', 'tdx', ...at);
  expect(json(relabelled.out)).toMatchObject({ decision: 'deny', reasons: ['attestation.untrustedRoot'] });
});

test('policies are checked, named by their digest, and refused with the member that is wrong', async () => {
  const made = await attest('policy', 'new', '--kind', 'tdx', 'sgx', '--measurement', `0x${'AB'.repeat(48)}`, '--json');
  await writeFile(join(folder, 'p.json'), made.out);
  const digest = await attest('policy', 'digest', 'p.json');
  expect(digest.out).toMatch(/^0x[0-9a-f]{64}$/);
  const checked = await attest('policy', 'check', 'p.json');
  expect(checked.out).toBe(`a policy of version 1: tdx, sgx, 1 measurement, level 2 and above\ndigest ${digest.out}`);
  await writeFile(join(folder, 'loose.json'), JSON.stringify({ ...json(made.out), insecureAllowSeptVe: true }));
  expect((await attest('policy', 'check', 'loose.json')).out).toContain('WARNING: insecureAllowSeptVe loosens a rule');
  await writeFile(join(folder, 'bad.json'), JSON.stringify({ ...json(made.out), comment: 'mine' }));
  const bad = await attest('policy', 'check', 'bad.json', '--json');
  expect([bad.code, json(bad.out)]).toMatchObject([2, { code: 'attestation.badPolicy', place: 'comment' }]);
});

test.each([
  [['verify', 'missing.bin'], 'cli.fileMissing'],
  [['verify', 'evidence.cbor', '--kind', 'trustzone'], 'cli.badOption'],
  [['verify', 'evidence.cbor', '--at', 'yesterday'], 'cli.badOption'],
  [['policy', 'remove', 'p.json'], 'cli.badOption'],
  [['policy', 'check'], 'cli.badOption'],
  [['policy', 'new', '--kind', 'tdx', '--measurement', '0x12'], 'attestation.badPolicy'],
])('attest %j is refused with exit code 2', async (argv, expected) => {
  const { code, out } = await attest(...argv, '--json');
  expect([code, json(out)['code']]).toEqual([2, expected]);
});
