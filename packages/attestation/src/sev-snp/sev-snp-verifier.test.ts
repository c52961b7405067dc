import { digestOf, toHex, utf8, concatBytes } from '@encryptech/base';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  AMD_TIME,
  amdChain,
  amdCrl,
  ARK_SERIAL,
  ASK_SERIAL,
  CHIP_ID,
  makeAmdKey,
  makeAmdKeys,
  snpReport,
  type AmdKeys,
  type CrlOptions,
  type ReportOptions,
  type VekOptions,
} from '../../test/amd-pki.ts';
import { codeOf } from '../../test/fixture.ts';
import { appraiseEvidence } from '../appraisal/appraise.ts';
import type { EvidenceClaims } from '../claims.ts';
import { createEndorsementStore } from '../endorsements/create-endorsement-store.ts';
import { strictAppraisalPolicy } from '../policy/strict-appraisal-policy.ts';
import type { VerificationContext } from '../verifier.ts';
import { sevSnpVerifier } from './sev-snp-verifier.ts';

let keys: AmdKeys;
let strangers: AmdKeys;
beforeAll(() => {
  keys = makeAmdKeys();
  strangers = { ...keys, ark: makeAmdKey() };
}, 60_000);

interface Setting {
  readonly report?: ReportOptions;
  readonly vek?: VekOptions;
  readonly crl?: Uint8Array;
  readonly context?: Partial<VerificationContext>;
}

async function verify({ report, vek, crl, context }: Setting = {}): Promise<EvidenceClaims> {
  const chain = amdChain(keys, vek);
  const documents = [chain.vek, chain.ask, chain.ark, ...(crl === undefined ? [] : [crl])];
  return sevSnpVerifier.verify(
    { body: snpReport(report) },
    {
      now: AMD_TIME,
      anchors: { vendor: { 'sev-snp': [chain.anchor] }, development: [] },
      endorsements: createEndorsementStore(documents),
      ...context,
    },
  );
}
const code = (setting: Setting) => codeOf(() => verify(setting));

describe('every product, version and kind of key', () => {
  for (const product of ['Milan', 'Genoa', 'Turin'] as const) {
    for (const version of [2, 3, 4, 5]) {
      for (const kind of ['VCEK', 'VLEK'] as const) {
        test(`${product}, version ${version}, ${kind}`, async () => {
          const claims = await verify({ report: { product, version, kind }, vek: { product, kind } });
          expect(claims).toMatchObject({
            product,
            debug: false,
            flags: { vlek: kind === 'VLEK', reportV2: version === 2, aliasCheckComplete: true },
            snp: { reportVersion: version, signingKey: kind, reportedTcb: { bootloader: 10, snp: 23, microcode: 84 } },
          });
          expect(claims.snp!.reportedTcb.fmc).toBe(product === 'Turin' ? 1 : undefined);
          const chip = new Uint8Array(64);
          chip.set(CHIP_ID[product]);
          expect(claims.deviceIdHash).toBe(
            kind === 'VLEK' ? undefined : digestOf(concatBytes(utf8('encryptech/device/v1'), chip)),
          );
        });
      }
    }
  }
});

describe("AMD's revocation list", () => {
  test('a good one that names none of them is checked, bounds the validity and lifts the level', async () => {
    const claims = await verify({ crl: amdCrl(keys) });
    expect(claims).toMatchObject({
      revocation: 'checked',
      collateralIssuedAt: new Date('2026-06-30T00:00:00Z'),
      validity: { notBefore: new Date('2026-06-30T00:00:00Z'), notAfter: new Date('2026-07-30T00:00:00Z') },
    });
    const minimum = { snpMinimumTcb: { Genoa: { bootloader: 10, tee: 0, snp: 23, microcode: 84 } } };
    const policy = { ...strictAppraisalPolicy(['sev-snp'], [claims.measurement]), ...minimum };
    expect(appraiseEvidence(claims, policy, AMD_TIME)).toMatchObject({ decision: 'allow', level: 2 });
  });

  test.each([
    ['ASK', ASK_SERIAL],
    ['ARK', ARK_SERIAL],
  ])('one that names the %s ends the evidence', async (_, serial) => {
    const error = verify({ crl: amdCrl(keys, { serials: [9, serial] }) });
    await expect(error).rejects.toMatchObject({ code: 'attestation.revoked', data: { step: 'revocation' } });
  });

  test('serial numbers of others do not count', async () => {
    expect((await verify({ crl: amdCrl(keys, { serials: [9, 10] }) })).revocation).toBe('checked');
  });

  test.each<[string, (good: AmdKeys, bad: AmdKeys) => CrlOptions]>([
    ['expired', () => ({ nextUpdate: new Date(AMD_TIME.getTime() - 1_000) })],
    ['of the future', () => ({ thisUpdate: new Date(AMD_TIME.getTime() + 1_000) })],
    ['signed by a stranger', (_, bad) => ({ key: bad.ark.privateKey })],
    ['signed by the ASK', (good) => ({ key: good.ask.privateKey })],
    ['of another product, with the serial number in it', () => ({ issuer: 'ARK-Milan', serials: [ASK_SERIAL] })],
    [
      'signed by a stranger, with the serial number in it',
      (_, bad) => ({ key: bad.ark.privateKey, serials: [ASK_SERIAL] }),
    ],
  ])('one that is %s leaves revocation unknown: not checked, not revoked', async (_, options) => {
    const crl = amdCrl(keys, options(keys, strangers));
    const get: VerificationContext['endorsements'] = await storeWith(crl);
    const claims = await verify({ context: { endorsements: get } });
    expect(claims.revocation).toBe('unknown');
    expect(claims.revocationProblem).toMatch(/\.$/);
    expect(claims).not.toHaveProperty('collateralIssuedAt');
  });

  test('none, and garbage, leave it unknown too', async () => {
    expect(await verify()).toMatchObject({
      revocation: 'unknown',
      revocationProblem: 'There is no revocation list.',
    });
    for (const crl of [new Uint8Array(0), utf8('garbage'), amdCrl(keys).slice(0, -1)])
      expect((await verify({ context: { endorsements: await storeWith(crl) } })).revocation).toBe('unknown');
  });

  /** A store that hands out this list whatever its issuer: what a careless or hostile source would do. */
  async function storeWith(crl: Uint8Array): Promise<VerificationContext['endorsements']> {
    const { vek, ask, ark } = amdChain(keys);
    const store = createEndorsementStore([vek, ask, ark]);
    return Promise.resolve({
      get: (query, now) => (query.type === 'revocation-list' ? Promise.resolve(crl) : store.get(query, now)),
    });
  }
});

test('a foreign root of the same name is refused', async () => {
  const { anchor } = amdChain(strangers);
  expect(await code({ context: { anchors: { vendor: { 'sev-snp': [anchor] }, development: [] } } })).toBe(
    'attestation.untrustedRoot',
  );
  const chain = amdChain(strangers);
  const mixed = amdChain(keys);
  const endorsements = createEndorsementStore([mixed.vek, chain.ask, mixed.ark]);
  expect(await code({ context: { endorsements } })).toBe('attestation.badSignature');
});

test.each<[string, Setting, string]>([
  ['another chip', { vek: { chipId: new Uint8Array(64).fill(1) } }, 'endorsementMismatch'],
  ['no chip in a VCEK', { vek: { chipId: null } }, 'endorsementMismatch'],
  ['a chip of the wrong length', { vek: { chipId: new Uint8Array(8) } }, 'badCertificate'],
  ['a zero chip in the report', { report: { patch: { 0x1a0: new Uint8Array(64) } } }, 'endorsementMismatch'],
  ['another bootloader', { vek: { tcb: [11, 0, 23, 84] } }, 'endorsementMismatch'],
  ['another microcode', { vek: { tcb: [10, 0, 23, 83] } }, 'endorsementMismatch'],
  // As one number, a higher microcode would hide a lower SNP firmware.
  ['parts that differ both ways', { vek: { tcb: [10, 0, 22, 255] } }, 'endorsementMismatch'],
  [
    'another FMC on Turin',
    { report: { product: 'Turin' }, vek: { product: 'Turin', tcb: [10, 0, 23, 84, 2] } },
    'endorsementMismatch',
  ],
  ['another product', { report: { product: 'Milan' } }, 'endorsementMismatch'],
  ['a processor that is not known', { report: { patch: { 0x188: [0x17, 0x31, 0] } } }, 'unsupportedProduct'],
  ['a VLEK for a report of a VCEK', { vek: { kind: 'VLEK' } }, 'missingEndorsement'],
  ['another key', { report: { secret: new Uint8Array(48).fill(9) } }, 'badSignature'],
  ['version 1', { report: { patch: { 0: [1] } } }, 'malformed'],
  ['version 6', { report: { patch: { 0: [6] } } }, 'malformed'],
  ['another signature algorithm', { report: { patch: { 0x34: [2] } } }, 'malformed'],
  ['no signing key', { report: { patch: { 0x48: [0x1c] } } }, 'malformed'],
  ['a policy without its constant bit', { report: { patch: { 0x8: [0, 0, 1] } } }, 'malformed'],
  ['reserved bytes', { report: { patch: { 0x4c: [1] } } }, 'malformed'],
  ['a CPUID in version 2', { report: { version: 2, patch: { 0x188: [0x19] } } }, 'malformed'],
  ['a mitigation vector before version 5', { report: { version: 4, patch: { 0x1f8: [1] } } }, 'malformed'],
  ['bytes after the mitigation vectors', { report: { version: 5, patch: { 0x208: [1] } } }, 'malformed'],
])('a report with %s is refused', async (_, setting, expected) => {
  expect(await code(setting)).toBe(`attestation.${expected}`);
});

test('mitigation vectors of version 5 are signed facts', async () => {
  expect(await code({ report: { version: 5, patch: { 0x1f8: [1], 0x200: [3] } } })).toBe('ok');
});

test('what guest and platform say is told as it is, for the policy to judge', async () => {
  const patch = { 0x08: [0, 0, 0x0e], 0x30: [2], 0x40: [0x11], 0x48: [0x02] };
  const claims = await verify({ report: { patch } });
  expect(claims).toMatchObject({
    debug: true,
    flags: {
      migrationAgent: true,
      smtAllowed: false,
      smtEnabled: true,
      ciphertextHiding: true,
      aliasCheckComplete: false,
      maskedChipKey: true,
    },
    snp: { vmpl: 2, policy: 0x0e0000n },
  });
  expect(appraiseEvidence(claims, strictAppraisalPolicy(['sev-snp'], [claims.measurement]), AMD_TIME)).toMatchObject({
    decision: 'deny',
    reasons: ['debug', 'migration-agent', 'smt-mismatch', 'masked-chip-key', 'vmpl'],
  });
});

test('the same name for the same signed bytes, whoever signs; another for others', async () => {
  const [a, b] = [await verify(), await verify({ report: { patch: { 0x50: [1] } } })];
  expect(a.evidenceId).toBe(digestOf(snpReport().subarray(0, 0x2a0)));
  expect(b.evidenceId).not.toBe(a.evidenceId);
  expect(b.reportData).toBe(toHex(Uint8Array.of(1, ...new Uint8Array(63).fill(0x5d))));
});
