import { concatBytes, toHex } from '@encryptech/base';
import { createHash, createPublicKey, verify, X509Certificate } from 'node:crypto';
import { expect, test } from 'vitest';
import { attesterCompliance } from '../../test/attester-compliance.ts';
import { codeOf, context, evidence, measurement, pki, platform, runtimeBytes } from '../../test/fixture.ts';
import { reportDataOf } from '../runtime-data/report-data.ts';
import { createSoftwareAttester } from './software-attester.ts';

attesterCompliance('software enclave', createSoftwareAttester({ platform, measurement }), context);

// Offsets are those of Intel's Quoting Library API, appendix A.3, counted from the start of the quote.
test('the quote is laid out like a TDX quote of version 4', () => {
  const { body } = evidence;
  const at = (offset: number, length: number) => toHex(body.subarray(offset, offset + length));
  expect(at(0, 8)).toBe('0x0400020081000000');
  expect(at(8, 4)).toBe('0x00000000');
  expect(at(12, 16)).toBe('0x939a7233f79c4ca9940a0db3957f0607');
  expect(at(168, 8)).toBe('0x0000001000000000');
  expect(at(176, 8)).toBe('0xe700000000000000');
  expect(at(184, 48)).toBe(`0x${'09'.repeat(48)}`);
  expect(at(376, 192)).toBe(`0x${'00'.repeat(192)}`);
  expect(at(568, 64)).toBe(toHex(reportDataOf(runtimeBytes)));
  const u32 = (offset: number) => new DataView(body.buffer, body.byteOffset).getUint32(offset, true);
  expect(u32(632)).toBe(body.length - 636);
  expect(at(764, 2)).toBe('0x0600');
  expect(u32(766)).toBe(body.length - 770);
  expect(at(1_218, 2)).toBe('0x2000');
  expect(at(1_252, 2)).toBe('0x0500');
  expect(u32(1_254)).toBe(body.length - 1_258);
  expect(new TextDecoder().decode(body.subarray(1_258))).toBe(platform.certificateChain);
});

test('OpenSSL verifies both signatures and the hash between them', () => {
  const { body } = evidence;
  const x = Buffer.from(body.subarray(700, 732)).toString('base64url');
  const y = Buffer.from(body.subarray(732, 764)).toString('base64url');
  const attestationKey = createPublicKey({ key: { kty: 'EC', crv: 'P-256', x, y }, format: 'jwk' });
  const raw = { dsaEncoding: 'ieee-p1363' } as const;
  expect(verify('sha256', body.subarray(0, 632), { key: attestationKey, ...raw }, body.subarray(636, 700))).toBe(true);
  const qeReport = body.subarray(770, 1_154);
  const pck = new X509Certificate(platform.certificateChain).publicKey;
  expect(verify('sha256', qeReport, { key: pck, ...raw }, body.subarray(1_154, 1_218))).toBe(true);
  const bound = createHash('sha256').update(concatBytes(body.subarray(700, 764), body.subarray(1_220, 1_252)));
  expect(toHex(qeReport.subarray(320, 352))).toBe(`0x${bound.digest('hex')}`);
});

test('the same code, machine and runtime data give the same evidence', async () => {
  const again = await createSoftwareAttester({ platform: pki.platform('a'), measurement }).attest(runtimeBytes);
  expect(toHex(again.body)).toBe(toHex(evidence.body));
});

test('keeps its own copies of measurement and runtime data', async () => {
  const mine = measurement.slice();
  const attester = createSoftwareAttester({ platform, measurement: mine });
  mine.fill(0);
  const bytes = runtimeBytes.slice();
  const made = await attester.attest(bytes);
  bytes.fill(0);
  expect(toHex(made.body)).toBe(toHex(evidence.body));
  expect(toHex(made.runtimeData)).toBe(toHex(runtimeBytes));
});

test('refuses measurements that are not SHA-384', async () => {
  expect(await codeOf(() => createSoftwareAttester({ platform, measurement: new Uint8Array(32) }))).toBe(
    'attestation.badArgument',
  );
});
