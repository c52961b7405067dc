import { describe, expect, test } from 'vitest';
import { bytes32, certificate, domain, enclave, order, owner, receipt, spec } from '../../test/fixtures.ts';
import { signReceipt, type Receipt } from '../signing/receipt.ts';
import { certificateDigest, parseCertificate } from './certificate.ts';
import { chargeWord } from './charge-word.ts';
import { checkOrderAgainstSpec } from './check-order.ts';
import { certificateFileToJson, parseCertificateFile, verifyCertificateFile } from './verify-certificate.ts';

const fileOf = async (change: Partial<Receipt> = {}, signer = enclave, signedDomain = domain) => {
  const some = { ...receipt, ...change };
  return { certificate, receipt: some, signature: await signReceipt(some, signedDomain, signer) };
};

describe('a certificate file', () => {
  test('holds together, through JSON', async () => {
    const file = await fileOf();
    const back = parseCertificateFile(JSON.parse(JSON.stringify(certificateFileToJson(file))));
    expect(back).toStrictEqual(file);
    expect(await verifyCertificateFile(back)).toBe(enclave.address);
  });

  test.each([
    ['receipt.jobId', { jobId: bytes32('8') }],
    ['receipt.attempt', { attempt: 2 }],
    ['receipt.steps', { steps: 199 }],
    ['receipt.rdpLow', { rdpLow: 254n }],
    ['receipt.rdpHigh', { rdpHigh: 0n }],
    ['receipt.certificateDigest', { certificateDigest: bytes32('8') }],
  ])('is refused when %s differs', async (place, change) => {
    await expect(verifyCertificateFile(await fileOf(change))).rejects.toMatchObject({
      code: 'protocol.badCertificate',
      place,
    });
  });

  test('is refused when a word of it was changed after signing', async () => {
    const file = await fileOf();
    for (const change of [{ epsilon: 0.1 }, { warnings: [] }, { evidence: { ...certificate.evidence, level: 3 } }]) {
      const forged = { ...file, certificate: { ...certificate, ...change } };
      await expect(verifyCertificateFile(forged)).rejects.toMatchObject({ place: 'receipt.certificateDigest' });
      // With a receipt to match, the signature no longer fits.
      const digest = certificateDigest(forged.certificate);
      await expect(
        verifyCertificateFile({ ...forged, receipt: { ...receipt, certificateDigest: digest } }),
      ).rejects.toMatchObject({ code: 'protocol.badCertificate', place: 'signature' });
    }
  });

  test('is refused under another key, chain or contract', async () => {
    for (const file of [
      await fileOf({}, owner),
      await fileOf({}, enclave, { ...domain, chainId: 1 }),
      await fileOf({}, enclave, { ...domain, jobs: owner.address }),
    ]) {
      await expect(verifyCertificateFile(file)).rejects.toMatchObject({ code: 'protocol.badCertificate' });
    }
  });
});

test('a certificate of a software enclave that claims more than level 0 is none, whoever signed it', () => {
  const claimed = { ...certificate, evidence: { ...certificate.evidence, level: 3 } };
  expect(() => parseCertificate(claimed)).toThrow(
    expect.objectContaining({ code: 'protocol.badDocument', place: 'evidence.level' }),
  );
  expect(parseCertificate(certificate).evidence.level).toBe(0);
});

describe('checkOrderAgainstSpec', () => {
  test('passes an order made from its spec', () => {
    checkOrderAgainstSpec(order, spec);
  });

  test.each([
    ['specDigest', { specDigest: bytes32('8') }],
    ['graphDigest', { graphDigest: bytes32('8') }],
    ['datasetId', { datasetId: bytes32('8') }],
    ['steps', { steps: 201 }],
    ['durationSec', { durationSec: 601 }],
  ])('refuses another %s', (place, change) => {
    expect(() => checkOrderAgainstSpec({ ...order, ...change }, spec)).toThrow(
      expect.objectContaining({ code: 'protocol.orderMismatch', place }),
    );
  });
});

test('chargeWord is 32 bytes, big-endian', () => {
  expect(chargeWord(0x0102n)).toBe(`0x${'0'.repeat(60)}0102`);
  expect(chargeWord((1n << 256n) - 1n)).toBe(`0x${'f'.repeat(64)}`);
});
