import { concatBytes, fromHex, toHex, utf8 } from '@encryptech/base';
import { p256 } from '@noble/curves/nist.js';
import { expect, test } from 'vitest';
import { codeOf, flipped } from '../../test/fixture.ts';
import { endorsementsWith, intelSample, verifySample, type IntelSample } from '../../test/intel-samples.ts';
import { TEE_SAMPLES_MISSING, teeSampleCases, teeSamplesFolder } from '../../test/tee-samples.ts';
import { appraiseEvidence } from '../appraisal/appraise.ts';
import { strictAppraisalPolicy } from '../policy/strict-appraisal-policy.ts';
import { createDevelopmentPki } from '../software/development-pki.ts';
import { writeCertificate } from '../software/write-certificate.ts';
import { readPemChain, writePemChain } from '../x509/pem-chain.ts';

const isHere = teeSamplesFolder !== undefined;
const check = test.skipIf(!isHere);
if (!isHere) test.skip(`negative variants of genuine TDX and SGX quotes: ${TEE_SAMPLES_MISSING}`, () => undefined);

const SAMPLES = ['tdx-v4-uptodate', 'tdx-v5-td15-uptodate', 'sgx-v3-config-sw-hardening'];
/** Where the parts of each version of quote begin. */
const PLACES: Record<string, { reportData: number; end: number; attributes: number }> = {
  'tdx-v4-uptodate': { reportData: 568, end: 632, attributes: 168 },
  'tdx-v5-td15-uptodate': { reportData: 574, end: 702, attributes: 174 },
  'sgx-v3-config-sw-hardening': { reportData: 368, end: 432, attributes: 96 },
};
interface TcbInfoBody {
  tcbInfo: { issueDate: string; nextUpdate: string };
}

const failure = async (action: () => Promise<unknown>): Promise<string> => {
  try {
    await action();
    return 'ok';
  } catch (error) {
    const { code, data } = error as { code: string; data: { step?: string } };
    return `${code}@${data.step}`;
  }
};
const withDocuments = (sample: IntelSample, changes: Record<string, Uint8Array | undefined>) => ({
  endorsements: endorsementsWith(sample.context.endorsements, changes),
});

for (const id of SAMPLES) {
  check(`${id}: a flipped bit anywhere in the signed bytes`, async () => {
    const sample = intelSample(id);
    const { end, reportData } = PLACES[id]!;
    for (let at = 28; at < end; at += at < 60 ? 1 : 7) {
      const got = await failure(() => verifySample(sample, { body: flipped(sample.body, at, 0x10) }));
      // What is judged before the signature may speak first.
      expect(got, `byte ${at}`).toMatch(
        /^attestation\.(badSignature@quote-signature|moduleMismatch@tdx-module|malformed@quote-format|truncated@quote-format)$/,
      );
    }
    for (const at of [reportData, reportData + 63])
      expect(await failure(() => verifySample(sample, { body: flipped(sample.body, at) }))).toBe(
        'attestation.badSignature@quote-signature',
      );
  });

  check(`${id}: a swapped attestation key, a changed QE report, QE signature or quote signature`, async () => {
    const sample = intelSample(id);
    const { end } = PLACES[id]!;
    const isV3 = id.startsWith('sgx');
    const key = end + 4 + 64;
    const report = key + 64 + (isV3 ? 0 : 6);
    const other = p256.getPublicKey(new Uint8Array(32).fill(5), false).subarray(1);
    const spliced = concatBytes(sample.body.subarray(0, key), other, sample.body.subarray(key + 64));
    const got = (body: Uint8Array) => failure(() => verifySample(sample, { body }));
    expect(await got(spliced)).toBe('attestation.bindingMismatch@qe-report-data');
    expect(await got(flipped(sample.body, report + 70))).toBe('attestation.badSignature@qe-report-signature');
    expect(await got(flipped(sample.body, report + 384))).toBe('attestation.badSignature@qe-report-signature');
    expect(await got(flipped(sample.body, end + 4))).toBe('attestation.badSignature@quote-signature');
  });

  check(`${id}: cut at every offset, a typed error`, async () => {
    const sample = intelSample(id);
    const whole = sample.body.length - Number(sample.expect['trailingBytes']);
    for (let length = 0; length < whole; length++) {
      const code = await codeOf(() => verifySample(sample, { body: sample.body.subarray(0, length) }));
      expect(code, `${length} bytes`).toBe('attestation.truncated');
    }
  });

  check(`${id}: bytes after the quote, and a malleated signature, change neither verdict nor identity`, async () => {
    const sample = intelSample(id);
    const { tcb, evidenceId, measurement, deviceIdHash } = await verifySample(sample);
    const { end } = PLACES[id]!;
    const s = BigInt(toHex(sample.body.subarray(end + 36, end + 68)));
    const other = fromHex((p256.Point.Fn.ORDER - s).toString(16).padStart(64, '0'));
    const malleated = concatBytes(sample.body.subarray(0, end + 36), other, sample.body.subarray(end + 68));
    for (const body of [
      concatBytes(sample.body, new Uint8Array(9)),
      concatBytes(sample.body, new Uint8Array(9).fill(0xff)),
      malleated,
    ])
      expect(await verifySample(sample, { body })).toMatchObject({ tcb, evidenceId, measurement, deviceIdHash });
  });

  check(`${id}: collateral before its issue, and after its next update`, async () => {
    const sample = intelSample(id);
    const code = (time: number) => codeOf(() => verifySample(sample, { now: new Date(time) }));
    const { tee, context } = sample;
    const ask = { kind: tee, type: 'tcb-info', subject: String(sample.expect['fmspc']) } as const;
    const info = (JSON.parse(new TextDecoder().decode(await context.endorsements.get(ask, context.now))) as TcbInfoBody)
      .tcbInfo;
    expect(await code(new Date(info.nextUpdate).getTime() + 1_000)).toBe('attestation.expiredEndorsement');
    expect(await code(new Date(info.issueDate).getTime() - 1_000)).toBe('attestation.expiredEndorsement');
    expect(await code(new Date('2060-01-01').getTime())).toBe('attestation.expiredCertificate');
    expect(await code(Number.NaN)).toBe('attestation.expiredCertificate');
  });

  check(`${id}: collateral with one changed byte, or written anew, or missing`, async () => {
    const sample = intelSample(id);
    const { tee, context } = sample;
    const fmspc = String(sample.expect['fmspc']);
    for (const [type, subject, step] of [
      ['tcb-info', fmspc, 'tcb-info'],
      ['enclave-identity', tee === 'tdx' ? 'TD_QE' : 'QE', 'qe-identity'],
    ] as const) {
      const document = (await context.endorsements.get({ kind: tee, type, subject }, context.now))!;
      const got = (bytes: Uint8Array | undefined) =>
        failure(() => verifySample(sample, withDocuments(sample, { [type]: bytes })));
      const text = new TextDecoder().decode(document);
      const written = utf8(text.replace('"version":', '"version": '));
      expect(written.length).toBe(document.length + 1);
      expect(await got(written)).toBe(`attestation.badSignature@${step}`);
      expect(await got(utf8(text.replace('UpToDate', 'upToDate').replace('SWHard', 'swHard')))).toBe(
        `attestation.badSignature@${step}`,
      );
      expect(await got(utf8('{}'))).toBe(`attestation.badEndorsement@${step}`);
      expect(await got(utf8(`${text}x`))).toBe(`attestation.badEndorsement@${step}`);
      expect(await got(new Uint8Array(262_145))).toBe(`attestation.tooLarge@${step}`);
      expect(await got(undefined)).toBe('attestation.missingEndorsement@collateral');
    }
    const noChain = withDocuments(sample, { 'issuer-chain': undefined });
    expect(await failure(() => verifySample(sample, noChain))).toBe('attestation.missingEndorsement@collateral');
  });
}

check("another machine's PCK chain, of the same kind of platform and good in itself", async () => {
  const [sample, other] = [intelSample('tdx-v4-module-index-rule'), intelSample('tdx-v4-out-of-date')];
  const theirs = pemAt(other.body);
  const body = replaceChain(sample.body, pemAt(sample.body), other.body.subarray(theirs.from, theirs.to));
  expect(await failure(() => verifySample(sample, { body }))).toBe('attestation.badSignature@qe-report-signature');
  const own = pemAt(sample.body);
  const same = replaceChain(sample.body, own, sample.body.subarray(own.from, own.to));
  expect(await failure(() => verifySample(sample, { body: same }))).toBe('ok');
});

check('a debug TD whose debug bit is cleared: the signature tells', async () => {
  const sample = intelSample('tdx-v4-debug');
  expect((await verifySample(sample)).debug).toBe(true);
  expect(await failure(() => verifySample(sample, { body: flipped(sample.body, 168) }))).toBe(
    'attestation.badSignature@quote-signature',
  );
});

check('TCB info of another FMSPC, and collateral of the other TEE, do not match', async () => {
  const sample = intelSample('tdx-v4-uptodate');
  const { now } = sample.context;
  const other = intelSample('sgx-v3-config-sw-hardening');
  const sgxInfo = await other.context.endorsements.get({ kind: 'sgx', type: 'tcb-info', subject: '00a067110000' }, now);
  const sgxQe = await other.context.endorsements.get({ kind: 'sgx', type: 'enclave-identity', subject: 'QE' }, now);
  const swap = (changes: Record<string, Uint8Array | undefined>) =>
    verifySample(sample, withDocuments(sample, changes));
  await expect(swap({ 'tcb-info': sgxInfo })).rejects.toMatchObject({
    code: 'attestation.endorsementMismatch',
    data: { field: 'tcbInfo.id', document: 'SGX', quote: 'TDX' },
  });
  await expect(swap({ 'enclave-identity': sgxQe })).rejects.toMatchObject({
    code: 'attestation.endorsementMismatch',
    data: { field: 'enclaveIdentity.id' },
  });
  const tdxInfo = await sample.context.endorsements.get(
    { kind: 'tdx', type: 'tcb-info', subject: 'b0c06f000000' },
    now,
  );
  await expect(verifySample(other, withDocuments(other, { 'tcb-info': tdxInfo }))).rejects.toMatchObject({
    data: { field: 'tcbInfo.id' },
  });
  const foreign = intelSample('tdx-v5-td15-uptodate');
  const atTheirTime = { now: foreign.context.now, endorsements: foreign.context.endorsements };
  await expect(verifySample(sample, atTheirTime)).rejects.toMatchObject({
    code: 'attestation.endorsementMismatch',
    data: { field: 'fmspc', document: '90c06f000000', quote: 'b0c06f000000' },
  });
});

check('a chain that ends at a self-made root with the same names', async () => {
  const sample = intelSample('tdx-v4-uptodate');
  const secret = new Uint8Array(32).fill(7);
  const root = writeCertificate({
    serial: Uint8Array.of(1),
    subject: 'Intel SGX Root CA',
    publicKey: p256.getPublicKey(secret, false),
    issuer: 'Intel SGX Root CA',
    issuerKey: secret,
    notBefore: new Date('2018-01-01T00:00:00Z'),
    notAfter: new Date('2049-01-01T00:00:00Z'),
    pathLength: 1,
  });
  const place = pemAt(sample.body);
  const [pck, authority] = readPemChain(sample.body.subarray(place.from, place.to));
  const body = replaceChain(sample.body, place, utf8(writePemChain([pck!, authority!, root])));
  expect(await codeOf(() => verifySample(sample, { body }))).toBe('attestation.untrustedRoot');
  const anchors = { vendor: { tdx: [] }, development: [] };
  expect(await codeOf(() => verifySample(sample, { anchors }))).toBe('attestation.untrustedRoot');
});

check('the vendor’s lists: bad ones leave revocation unknown, and the strict policy refuses', async () => {
  const sample = intelSample('tdx-v4-uptodate');
  const good = (subject: string) =>
    sample.context.endorsements.get({ kind: 'tdx', type: 'revocation-list', subject }, sample.context.now);
  const [root, platform] = [await good('Intel SGX Root CA'), await good('Intel SGX PCK Platform CA')];
  const later = intelSample('tdx-v5-td15-uptodate');
  const expired = await later.context.endorsements.get(
    { kind: 'tdx', type: 'revocation-list', subject: 'Intel SGX PCK Platform CA' },
    later.context.now,
  );
  const development = createDevelopmentPki(new Uint8Array(32)).collateral({ issuedAt: sample.context.now });
  const lists = [undefined, utf8('garbage'), root, expired, development.pckRevocations, flipped(platform!, 900)];
  for (const list of lists) {
    const claims = await verifySample(
      sample,
      withDocuments(sample, { 'revocation-list/Intel SGX PCK Platform CA': list }),
    );
    expect(claims.revocation).toBe('unknown');
    const strict = strictAppraisalPolicy(['tdx'], [claims.measurement]);
    const verdict = appraiseEvidence(claims, strict, sample.context.now);
    expect(verdict.decision).toBe('deny');
    expect(verdict.reasons).toContain('revocation-unknown');
  }
  const noRoot = await verifySample(sample, withDocuments(sample, { 'revocation-list/Intel SGX Root CA': undefined }));
  expect(noRoot.revocation).toBe('unknown');
});

check('an evaluation number below the policy’s is refused', async () => {
  const sample = intelSample('tdx-v4-uptodate');
  const claims = await verifySample(sample);
  const strict = strictAppraisalPolicy(['tdx'], [claims.measurement]);
  const verdict = (minEvaluationNumber: number) =>
    appraiseEvidence(claims, { ...strict, minEvaluationNumber }, sample.context.now);
  expect(verdict(17).decision).toBe('allow');
  expect(verdict(18)).toMatchObject({
    decision: 'deny',
    reasons: expect.arrayContaining(['evaluation-number-too-low']),
  });
});

check('under the strict policy each genuine case ends as its manifest says', async () => {
  for (const { id, strictPolicy, expect: wanted } of teeSampleCases('tdx', 'sgx')) {
    if (wanted['signatures'] !== 'valid') continue;
    const sample = intelSample(id);
    const claims = await verifySample(sample);
    const strict = strictAppraisalPolicy([sample.tee], [claims.measurement]);
    const { decision } = appraiseEvidence(claims, strict, sample.context.now);
    expect(decision, id).toBe(strictPolicy === 'accept' ? 'allow' : 'deny');
  }
});

check('TDX evidence given out as SGX, SGX as TDX, is refused', async () => {
  const [tdx, sgx] = [intelSample('tdx-v4-uptodate'), intelSample('sgx-v3-config-sw-hardening')];
  expect(await codeOf(() => verifySample(tdx, { body: sgx.body }))).toBe('attestation.kindMismatch');
  expect(await codeOf(() => verifySample(sgx, { body: tdx.body }))).toBe('attestation.kindMismatch');
});

/** Where a quote's PEM chain lies. */
function pemAt(body: Uint8Array): { from: number; to: number } {
  const text = new TextDecoder('latin1').decode(body);
  const from = text.indexOf('-----BEGIN');
  return { from, to: from + new DataView(body.buffer, body.byteOffset).getUint32(from - 4, true) };
}

/** The quote with another PEM chain, all lengths set right. */
function replaceChain(body: Uint8Array, { from, to }: { from: number; to: number }, chain: Uint8Array): Uint8Array {
  const out = concatBytes(body.subarray(0, from), chain, body.subarray(to));
  const view = new DataView(out.buffer, out.byteOffset);
  const by = chain.length - (to - from);
  const grow = (at: number) => view.setUint32(at, view.getUint32(at, true) + by, true);
  const version = view.getUint16(0, true);
  const data = version === 3 ? 432 : version === 4 ? 632 : 702;
  grow(from - 4);
  grow(data);
  if (version !== 3) grow(data + 4 + 128 + 2);
  return out;
}
