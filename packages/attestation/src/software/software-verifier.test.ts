import { concatBytes, fromHex, toHex } from '@encryptech/base';
import { p256 } from '@noble/curves/nist.js';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  codeOf,
  context,
  evidence,
  flipped,
  pki,
  platform,
  repeat,
  runtimeBytes,
  runtimeData,
} from '../../test/fixture.ts';
import { makeChain, SECRETS } from '../../test/certificates.ts';
import type { Evidence } from '../evidence.ts';
import { encodeRuntimeData } from '../runtime-data/encode-runtime-data.ts';
import { reportDataOf } from '../runtime-data/report-data.ts';
import { ENCLAVE_REPORT_BYTES } from '../intel/quote-layout.ts';
import { verifyEvidence } from '../verify-evidence.ts';
import type { VerificationContext } from '../verifier.ts';
import { writePemChain } from '../x509/pem-chain.ts';
import { createDevelopmentPki } from './development-pki.ts';
import { DEVELOPMENT_NAMES } from './development-names.ts';
import { signQuote } from './sign-quote.ts';

const verifyCode = (change: Partial<Evidence>, changed: Partial<VerificationContext> = {}): Promise<string> =>
  codeOf(() => verifyEvidence({ ...evidence, ...change }, { ...context, ...changed }));
const withBody = (body: Uint8Array) => verifyCode({ body });
const splice = (at: number, bytes: Uint8Array) =>
  concatBytes(evidence.body.subarray(0, at), bytes, evidence.body.subarray(at + bytes.length));

test('finds these facts in good evidence', async () => {
  expect(await verifyEvidence(evidence, context)).toMatchObject({
    kind: 'software',
    anchor: 'development',
    product: 'software',
    measurement: repeat(9, 48),
    runtimeData,
    reportData: toHex(reportDataOf(runtimeBytes)),
    debug: false,
    flags: { septVeDisable: true, serviceTd: false },
    tcb: { status: 'none', advisories: [] },
    revocation: 'not-applicable',
    // SHA-256 of 'encryptech/device/v1' and the machine's PPID, computed with Python.
    deviceIdHash: '0x0f5d1ad74d21c26261ae6da6c14d07e808a101943d942d0c3d1fd2676d26c4ea',
    validity: { notBefore: new Date('2024-01-01T00:00:00Z'), notAfter: new Date('2049-12-31T23:59:59Z') },
    evidenceId: '0x1f0e51f2aeb60f85fed4b61aa3887afb60f5bdc2d9d7345ab6fb4c74bea2986e',
  });
});

test('a change of a byte is found, wherever it is', async () => {
  const pem = 1_258;
  // Each byte that says how the rest is read, and every eleventh of the others: each costs several signature checks.
  const structural = (at: number) =>
    at < 48 ||
    (at >= 632 && at < 636) ||
    (at >= 764 && at < 770) ||
    (at >= 1_218 && at < 1_220) ||
    (at >= 1_252 && at < pem);
  for (const at of evidence.body.keys()) {
    if (!structural(at) && at % 11 !== 0) continue;
    const code = await withBody(flipped(evidence.body, at, 0x01));
    expect(code, `byte ${at}`).toMatch(
      at < 28
        ? at >= 8 && at < 12
          ? /badSignature/
          : /malformed/
        : at < 632
          ? /badSignature/
          : at < 636
            ? /truncated|malformed/
            : at < 700
              ? /badSignature/
              : at < 764
                ? /bindingMismatch/
                : at < 770
                  ? /truncated|malformed/
                  : at < 1_218
                    ? /badSignature/
                    : at < 1_220
                      ? /truncated|malformed|tooLarge/
                      : at < 1_252
                        ? /bindingMismatch/
                        : at < pem
                          ? /truncated|malformed|unsupportedCertification/
                          : /badCertificate|untrustedRoot|badSignature/,
    );
  }
});

test('each field of the body is signed: a change is found even where report data still bind', async () => {
  const fields: Record<string, number> = {
    teeTcbSvn: 48,
    mrSeam: 64,
    seamAttributes: 160,
    tdAttributes: 168,
    xfam: 176,
    mrTd: 184,
    mrConfigId: 232,
    mrOwner: 280,
    rtmr0: 376,
    rtmr3: 520,
    reportData: 568,
  };
  for (const [name, at] of Object.entries(fields))
    expect(await withBody(flipped(evidence.body, at, 0x80)), name).toBe('attestation.badSignature');
});

test('a cut at any length is found', async () => {
  for (let length = 0; length < evidence.body.length; length++)
    expect(await withBody(evidence.body.subarray(0, length)), `${length} bytes`).toBe('attestation.truncated');
});

test('bytes after the quote change neither verdict nor identity; a flood of them is refused', async () => {
  const { intel, steps, ...claims } = await verifyEvidence(evidence, context);
  for (const tail of [Uint8Array.of(0), new Uint8Array(70).fill(7)]) {
    const longer = await verifyEvidence({ ...evidence, body: concatBytes(evidence.body, tail) }, context);
    expect(longer).toMatchObject(claims);
    expect(longer.intel).toEqual({ ...intel, trailingBytes: tail.length });
    expect(longer.steps.length).toBe(steps.length);
  }
  expect(await withBody(concatBytes(evidence.body, new Uint8Array(32_768)))).toBe('attestation.tooLarge');
});

test('a malleated signature (r, n − s) changes neither verdict nor identity', async () => {
  const claims = await verifyEvidence(evidence, context);
  const s = BigInt(toHex(evidence.body.subarray(668, 700)));
  const other = fromHex((p256.Point.Fn.ORDER - s).toString(16).padStart(64, '0'));
  expect(await verifyEvidence({ ...evidence, body: splice(668, other) }, context)).toEqual(claims);
});

test('garbage is refused with a typed error', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 1_500 }), async (garbage) => {
      expect(await withBody(garbage)).toMatch(/^attestation\.(truncated|malformed)$/);
      expect(await withBody(concatBytes(evidence.body.subarray(0, 636), garbage))).toMatch(/^attestation\./);
    }),
    { numRuns: 50 },
  );
});

test('runtime data of another job, nonce or audience do not bind: relayed evidence is refused', async () => {
  for (const change of [
    { job: repeat(1, 32) },
    { nonce: repeat(1, 32) },
    { attempt: 1 },
    { dataset: repeat(1, 32) },
    { configuration: repeat(1, 32) },
    { hpkePublicKey: repeat(1, 32) },
    { signer: repeat(1, 20) },
    { purpose: 'register' as const },
    { audience: { ...runtimeData.audience, owner: repeat(1, 20) } },
    { audience: { ...runtimeData.audience, chainId: 1 } },
    { audience: { ...runtimeData.audience, contract: repeat(1, 20) } },
  ])
    expect(await verifyCode({ runtimeData: encodeRuntimeData({ ...runtimeData, ...change }) })).toBe(
      'attestation.bindingMismatch',
    );
  expect(await verifyCode({ runtimeData: concatBytes(runtimeBytes, Uint8Array.of(0)) })).toBe(
    'attestation.badRuntimeData',
  );
});

test('signed report data with a hash of other bytes, or with a tail, do not bind', async () => {
  const good = reportDataOf(runtimeBytes);
  for (const reportData of [new Uint8Array(64), flipped(good, 0), flipped(good, 32), flipped(good, 63)])
    expect(await withBody(signQuote(platform, { reportData }))).toBe('attestation.bindingMismatch');
  expect(await withBody(signQuote(platform, { reportData: good }))).toBe('ok');
});

test('a root that is not pinned is refused, though it has the same name', async () => {
  const foreign = createDevelopmentPki(new Uint8Array(32).fill(1));
  const body = signQuote(foreign.platform('a'), { reportData: reportDataOf(runtimeBytes) });
  expect(await withBody(body)).toBe('attestation.untrustedRoot');
  expect(await verifyCode({ body }, { anchors: { vendor: {}, development: [foreign.anchor] } })).toBe('ok');
  expect(await verifyCode({ body }, { anchors: { vendor: {}, development: [pki.anchor, foreign.anchor] } })).toBe('ok');
});

test('a foreign chain that carries the pinned root is refused', async () => {
  const foreign = createDevelopmentPki(new Uint8Array(32).fill(1)).platform('a');
  const cut = (chain: string, from: number, to?: number) =>
    chain
      .split(/(?<=-----END CERTIFICATE-----\n)/)
      .slice(from, to)
      .join('');
  const certificateChain = cut(foreign.certificateChain, 0, 2) + cut(platform.certificateChain, 2);
  const body = signQuote({ ...foreign, certificateChain }, { reportData: reportDataOf(runtimeBytes) });
  expect(await withBody(body)).toBe('attestation.badSignature');
});

test('without development anchors nothing is accepted, not even with the root among the vendors', async () => {
  expect(await verifyCode({}, { anchors: { vendor: {}, development: [] } })).toBe('attestation.untrustedRoot');
  expect(await verifyCode({}, { anchors: { vendor: { tdx: [pki.anchor] }, development: [] } })).toBe(
    'attestation.untrustedRoot',
  );
});

test('an anchor whose certificate is not the pinned one is refused', async () => {
  const certificate = createDevelopmentPki(new Uint8Array(32)).anchor.certificate;
  const development = [{ fingerprint: pki.anchor.fingerprint, certificate }];
  expect(await verifyCode({}, { anchors: { vendor: {}, development } })).toBe('attestation.badAnchor');
});

test('the chain counts only while it is valid, both ends included', async () => {
  const at = (time: string) => verifyCode({}, { now: new Date(time) });
  expect(await at('2023-12-31T23:59:59.999Z')).toBe('attestation.expiredCertificate');
  expect(await at('2024-01-01T00:00:00Z')).toBe('ok');
  expect(await at('2049-12-31T23:59:59Z')).toBe('ok');
  expect(await at('2049-12-31T23:59:59.001Z')).toBe('attestation.expiredCertificate');
  expect(await at('no date')).toBe('attestation.expiredCertificate');
});

test("another machine's certificate chain does not fit the quote", async () => {
  const body = signQuote(
    { ...platform, certificateChain: pki.platform('b').certificateChain },
    { reportData: reportDataOf(runtimeBytes) },
  );
  expect(await withBody(body)).toBe('attestation.badSignature');
});

test('another attestation key than the vouched-for one is refused', async () => {
  const secret = new Uint8Array(32).fill(3);
  const key = p256.getPublicKey(secret, false).subarray(1);
  const signature = p256.sign(evidence.body.subarray(0, 632), secret, { lowS: false });
  expect(await withBody(splice(636, concatBytes(signature, key)))).toBe('attestation.bindingMismatch');
});

test('a quoting enclave in debug mode, or with more in its report data, is refused', async () => {
  const body = { reportData: reportDataOf(runtimeBytes) };
  const attributes = Uint8Array.of(0x17, 0, 0, 0, 0, 0, 0, 0, 0xe7, 0, 0, 0, 0, 0, 0, 0);
  expect(await withBody(signQuote(platform, body, { attributes }))).toBe('attestation.debugQuotingEnclave');
  const binding = evidence.body.slice(770 + 320, 770 + ENCLAVE_REPORT_BYTES);
  expect(await withBody(signQuote(platform, body, { reportData: binding }))).toBe('ok');
  expect(await withBody(signQuote(platform, body, { reportData: flipped(binding, 63) }))).toBe(
    'attestation.bindingMismatch',
  );
});

test('the debug bit is a claim that cannot be hidden', async () => {
  const tdAttributes = Uint8Array.of(1, 0, 0, 0x10, 0, 0, 0, 0);
  const body = signQuote(platform, { tdAttributes, reportData: reportDataOf(runtimeBytes) });
  const claims = await verifyEvidence({ ...evidence, body }, context);
  expect(claims.debug).toBe(true);
  expect(await withBody(flipped(body, 168))).toBe('attestation.badSignature');
});

test('chains of another length or in another text form are refused', async () => {
  const blocks = platform.certificateChain.split(/(?<=-----END CERTIFICATE-----\n)/);
  const chainOf = (...indexes: number[]) => indexes.map((i) => blocks[i]).join('');
  const quoteUnder = (certificateChain: string) =>
    withBody(signQuote({ ...platform, certificateChain }, { reportData: reportDataOf(runtimeBytes) }));
  expect(await quoteUnder(chainOf(0, 1, 2))).toBe('ok');
  expect(await quoteUnder(`${chainOf(0, 1, 2)}\0`)).toBe('ok');
  for (const chain of ['', chainOf(0), chainOf(0, 1), chainOf(0, 1, 2, 2), chainOf(1, 0, 2), chainOf(1, 2, 2)])
    expect(await quoteUnder(chain)).toBe('attestation.badCertificate');
  for (const chain of [`x${chainOf(0, 1, 2)}`, `${chainOf(0, 1, 2)}x`, chainOf(0, 1, 2).replaceAll('\n', '\r\n')])
    expect(await quoteUnder(chain)).toBe('attestation.badCertificate');
});

test('a leaf that is no PCK certificate, and certificates of other names, are refused', async () => {
  const { root, platformAuthorities, pck } = DEVELOPMENT_NAMES;
  const [authority] = platformAuthorities;
  const named = {
    leaf: { subject: pck, issuer: authority },
    intermediate: { subject: authority, issuer: root },
    root: { subject: root, issuer: root },
  };
  const under = (changes: Parameters<typeof makeChain>[0]) => {
    const { chain, anchor } = makeChain(changes);
    const own = { ...platform, certificateChain: writePemChain(chain), pckKey: SECRETS.leaf };
    const body = signQuote(own, { reportData: reportDataOf(runtimeBytes) });
    return verifyCode({ body }, { anchors: { vendor: {}, development: [anchor] } });
  };
  expect(await under(named)).toBe('ok');
  expect(await under({ ...named, leaf: { ...named.leaf, sgxExtensions: undefined } })).toBe(
    'attestation.badCertificate',
  );
  expect(await under({ ...named, leaf: { ...named.leaf, subject: DEVELOPMENT_NAMES.tcbSigner } })).toBe(
    'attestation.badCertificate',
  );
  expect(await under({})).toBe('attestation.badCertificate');
});

test('relabelled evidence is refused', async () => {
  for (const kind of ['tdx', 'sgx', 'sev-snp', 'nitro'] as const)
    expect(await verifyCode({ kind })).toMatch(
      /^attestation\.(kindMismatch|untrustedRoot|malformed|truncated|tooLarge)$/,
    );
});

test('runtime data above their cap and quotes above theirs are refused before they are parsed', async () => {
  expect(await verifyCode({ runtimeData: new Uint8Array(2_049) })).toBe('attestation.tooLarge');
  expect(await withBody(new Uint8Array(32_769))).toBe('attestation.tooLarge');
});
