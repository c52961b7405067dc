import { z } from 'zod';
import { isAddressEqual } from 'viem/utils';
import type { Address, Hex } from '@encryptech/base';
import { protocolError } from '../errors.ts';
import { receiptCodec, type Receipt } from '../signing/receipt.ts';
import { certificateDigest, certificateSchema, type Certificate } from './certificate.ts';
import { parseDocument } from './parse-document.ts';
import { signatureSchema } from './scalars.ts';

/** What a developer keeps: the certificate, the receipt that names its digest, the enclave's signature of the receipt. */
export const certificateFileSchema = z.strictObject({
  certificate: certificateSchema,
  receipt: receiptCodec.schema,
  signature: signatureSchema,
});

export interface CertificateFile {
  certificate: Certificate;
  receipt: Receipt;
  signature: Hex;
}

/**
 * The certificate file in a JSON value.
 *
 * @throws `protocol.badDocument` with `place` = path of the first fault
 */
export const parseCertificateFile = (value: unknown): CertificateFile =>
  parseDocument(certificateFileSchema, 'CertificateFile', value);

/** The JSON form of a certificate file. */
export const certificateFileToJson = ({ certificate, receipt, signature }: CertificateFile): object => ({
  certificate,
  receipt: receiptCodec.toJson(receipt),
  signature,
});

/**
 * The enclave key that signed, once the file agrees with itself: the receipt names the certificate's digest, job,
 * attempt, steps and charge, and is signed by the certificate's enclave key for the certificate's chain. Whether the
 * chain knows that key, and what its evidence is worth, is checked elsewhere.
 *
 * @throws `protocol.badCertificate`, `protocol.badSignature`
 */
export async function verifyCertificateFile({ certificate, receipt, signature }: CertificateFile): Promise<Address> {
  const stated: [string, unknown, unknown][] = [
    ['certificateDigest', receipt.certificateDigest, certificateDigest(certificate)],
    ['jobId', receipt.jobId, certificate.job],
    ['attempt', receipt.attempt, certificate.attempt],
    ['steps', receipt.steps, certificate.steps],
    ['rdpLow', receipt.rdpLow, BigInt(certificate.ledgerCharge.rdpLow)],
    ['rdpHigh', receipt.rdpHigh, BigInt(certificate.ledgerCharge.rdpHigh)],
  ];
  for (const [field, inReceipt, inCertificate] of stated) {
    if (inReceipt === inCertificate) continue;
    throw protocolError({
      code: 'protocol.badCertificate',
      message: `The receipt and the certificate differ in ${field}.`,
      place: `receipt.${field}`,
    });
  }
  const { id: chainId, jobs } = certificate.chain;
  const signer = await receiptCodec.recover(receipt, signature, { chainId, jobs });
  if (isAddressEqual(signer, certificate.enclaveKey)) return signer;
  throw protocolError({
    code: 'protocol.badCertificate',
    message: `The receipt is signed by ${signer}, not by the enclave key ${certificate.enclaveKey}.`,
    place: 'signature',
  });
}
