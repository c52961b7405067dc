import type { Layout } from './fields.ts';

/*
 * Intel SGX ECDSA QuoteLibReference DCAP API, appendix A.4 (version 3), and Intel TDX DCAP Quoting Library API, appendix
 * A.3 (version 4) and A.4 (version 5). Integers are little-endian.
 *
 * | version | signed bytes | then |
 * | --- | --- | --- |
 * | 3 | header (48), enclave report (384) | length (4), signature (64), attestation key (64), QE report (384), its signature (64), authentication data (2 + n), certification data |
 * | 4 | header (48), TD report 1.0 (584) or enclave report | length (4), signature (64), attestation key (64), certification data of type 6 |
 * | 5 | header (48), body type (2), body size (4), body | as in version 4 |
 *
 * Certification data: type (2), length (4), data. Type 6 wraps what version 3 has plainly: QE report, its signature,
 * authentication data, and inner certification data. Type 5 is the PCK certificate chain in PEM.
 */

export const HEADER_BYTES = 48;

/** Quote header (A.3.1). */
export type HeaderField = 'version' | 'attestationKeyType' | 'teeType' | 'qeVendorId' | 'userData';
export const HEADER: Layout<HeaderField> = [
  ['version', 0, 2],
  ['attestationKeyType', 2, 2],
  ['teeType', 4, 4],
  ['qeVendorId', 12, 16],
  ['userData', 28, 20],
];

export const TD_BODY_BYTES = 584;

/** TD report of TD 1.0 (A.3.2). */
export type TdBodyField =
  | 'teeTcbSvn'
  | 'mrSeam'
  | 'mrSignerSeam'
  | 'seamAttributes'
  | 'tdAttributes'
  | 'xfam'
  | 'mrTd'
  | 'mrConfigId'
  | 'mrOwner'
  | 'mrOwnerConfig'
  | 'rtmr0'
  | 'rtmr1'
  | 'rtmr2'
  | 'rtmr3'
  | 'reportData';
export const TD_BODY: Layout<TdBodyField> = [
  ['teeTcbSvn', 0, 16],
  ['mrSeam', 16, 48],
  ['mrSignerSeam', 64, 48],
  ['seamAttributes', 112, 8],
  ['tdAttributes', 120, 8],
  ['xfam', 128, 8],
  ['mrTd', 136, 48],
  ['mrConfigId', 184, 48],
  ['mrOwner', 232, 48],
  ['mrOwnerConfig', 280, 48],
  ['rtmr0', 328, 48],
  ['rtmr1', 376, 48],
  ['rtmr2', 424, 48],
  ['rtmr3', 472, 48],
  ['reportData', 520, 64],
];

export const TD15_BODY_BYTES = 648;

/** What TD 1.5 adds after the fields of TD 1.0 (A.4.4). */
export type Td15Field = 'teeTcbSvn2' | 'mrServiceTd';
export const TD15_EXTRA: Layout<Td15Field> = [
  ['teeTcbSvn2', 584, 16],
  ['mrServiceTd', 600, 48],
];

export const ENCLAVE_REPORT_BYTES = 384;

/** Enclave report body (A.4 of the SGX document): an SGX enclave, or the quoting enclave about itself. */
export type EnclaveReportField =
  | 'cpuSvn'
  | 'miscSelect'
  | 'attributes'
  | 'mrEnclave'
  | 'mrSigner'
  | 'configId'
  | 'isvProdId'
  | 'isvSvn'
  | 'configSvn'
  | 'reportData';
export const ENCLAVE_REPORT: Layout<EnclaveReportField> = [
  ['cpuSvn', 0, 16],
  ['miscSelect', 16, 4],
  ['attributes', 48, 16],
  ['mrEnclave', 64, 32],
  ['mrSigner', 128, 32],
  ['configId', 192, 64],
  ['isvProdId', 256, 2],
  ['isvSvn', 258, 2],
  ['configSvn', 260, 2],
  ['reportData', 320, 64],
];

/** ECDSA-256 with the P-256 curve. */
export const KEY_TYPE_ECDSA_P256 = 2;
export const TEE_TYPE_SGX = 0;
export const TEE_TYPE_TDX = 0x81;
/** Intel's quoting enclave. */
export const QE_VENDOR_ID = '0x939a7233f79c4ca9940a0db3957f0607';
export const CERTIFICATION_PEM_CHAIN = 5;
export const CERTIFICATION_QE_REPORT = 6;
/** Body types of version 5. */
export const BODY_SGX_ENCLAVE = 1;
export const BODY_TD_10 = 2;
export const BODY_TD_15 = 3;

/** A field as an unsigned integer; fields of up to four bytes. */
export const littleEndian = (bytes: Uint8Array): number => bytes.reduceRight((sum, byte) => sum * 256 + byte, 0);
