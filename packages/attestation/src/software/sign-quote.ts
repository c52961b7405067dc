import { concatBytes, utf8 } from '@encryptech/base';
import { p256 } from '@noble/curves/nist.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { writeFields, type Fields } from '../intel/fields.ts';
import { ENCLAVE_REPORT, ENCLAVE_REPORT_BYTES, type EnclaveReportField } from '../intel/quote-layout.ts';
import { assembleQuote, quoteSignedBytes, type TdFields } from '../intel/write-quote.ts';
import type { SoftwarePlatform } from './development-pki.ts';

/** Stands for the vendor that signed the simulated quoting enclave. */
export const QE_SIGNER = sha256(utf8('encryptech/software-qe/signer'));
const AUTHENTICATION_DATA = sha256(utf8('encryptech/software-qe/authentication-data'));
/** Initialised, 64 bit, may provision; x87, SSE and AVX: what Intel's own TD quoting enclave has. */
export const QE_ATTRIBUTES = Uint8Array.of(0x15, 0, 0, 0, 0, 0, 0, 0, 0xe7, 0, 0, 0, 0, 0, 0, 0);

/** A quote over any body, as the simulated machine's quoting enclave signs it. Deterministic (RFC 6979). */
export function signQuote(
  platform: SoftwarePlatform,
  body: TdFields,
  qe: Partial<Fields<EnclaveReportField>> = {},
): Uint8Array {
  const attestationKey = p256.getPublicKey(platform.attestationKey, false).subarray(1);
  const binding = sha256(concatBytes(attestationKey, AUTHENTICATION_DATA));
  const qeReport = writeFields(ENCLAVE_REPORT, ENCLAVE_REPORT_BYTES, {
    attributes: QE_ATTRIBUTES,
    mrEnclave: sha256(utf8('encryptech/software-qe/code')),
    mrSigner: QE_SIGNER,
    reportData: concatBytes(binding, new Uint8Array(32)),
    ...qe,
  });
  const signed = quoteSignedBytes(body);
  return assembleQuote(signed, {
    signature: p256.sign(signed, platform.attestationKey, { lowS: false }),
    attestationKey,
    qeReport,
    qeReportSignature: p256.sign(qeReport, platform.pckKey, { lowS: false }),
    authenticationData: AUTHENTICATION_DATA,
    pemChain: utf8(platform.certificateChain),
  });
}
