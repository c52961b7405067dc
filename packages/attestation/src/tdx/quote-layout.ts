import type { Layout } from './fields.ts';

/*
 * Intel TDX DCAP Quoting Library API, appendix A.3 (version 4 quote). Integers are little-endian.
 *
 * | offset | bytes | what |
 * | --- | --- | --- |
 * | 0 | 48 | header, A.3.1 |
 * | 48 | 584 | TD quote body, A.3.2 |
 * | 632 | 4 | length of the signature data |
 * | 636 | … | signature data, A.3.8: signature (64), attestation key (64), certification data |
 *
 * Certification data, A.3.9: type (2), length (4), data. The outer one has type 6 (QE report certification data, A.3.11):
 * QE report (384), its signature (64), authentication data (2 + n), and inner certification data of type 5: the PCK
 * certificate chain in PEM.
 */

export const HEADER_BYTES = 48;

/** A.3.1, Quote Header. */
export type HeaderField = 'version' | 'attestationKeyType' | 'teeType' | 'qeVendorId' | 'userData';
export const HEADER: Layout<HeaderField> = [
  ['version', 0, 2],
  ['attestationKeyType', 2, 2],
  ['teeType', 4, 4],
  ['qeVendorId', 12, 16],
  ['userData', 28, 20],
];

export const TD_BODY_BYTES = 584;

/** A.3.2, TD Quote Body (TD 1.0). */
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

export const SIGNED_BYTES = HEADER_BYTES + TD_BODY_BYTES;

export const ENCLAVE_REPORT_BYTES = 384;

/** A.3.10, Enclave Report Body: what the quoting enclave says of itself. */
export type EnclaveReportField =
  'cpuSvn' | 'miscSelect' | 'attributes' | 'mrEnclave' | 'mrSigner' | 'isvProdId' | 'isvSvn' | 'reportData';
export const ENCLAVE_REPORT: Layout<EnclaveReportField> = [
  ['cpuSvn', 0, 16],
  ['miscSelect', 16, 4],
  ['attributes', 48, 16],
  ['mrEnclave', 64, 32],
  ['mrSigner', 128, 32],
  ['isvProdId', 256, 2],
  ['isvSvn', 258, 2],
  ['reportData', 320, 64],
];

export const QUOTE_VERSION = 4;
/** ECDSA-256 with the P-256 curve. */
export const KEY_TYPE_ECDSA_P256 = 2;
export const TEE_TYPE_TDX = 0x81;
/** Intel's quoting enclave. */
export const QE_VENDOR_ID = '0x939a7233f79c4ca9940a0db3957f0607';
export const CERTIFICATION_PEM_CHAIN = 5;
export const CERTIFICATION_QE_REPORT = 6;

/** TDATTRIBUTES bit 0 (Intel TDX Module Base Architecture Specification): the operator can read the memory. */
export const TD_DEBUG = { byte: 0, bit: 0x01 };
/** TDATTRIBUTES bit 28: the host can't inject #VE by taking pages away. */
export const TD_SEPT_VE_DISABLE = { byte: 3, bit: 0x10 };
/** SGX ATTRIBUTES bit 1. */
export const SGX_DEBUG = { byte: 0, bit: 0x02 };
