import { toHex } from '@encryptech/base';
import { ByteReader } from '../byte-reader.ts';
import { attestationError } from '../errors.ts';
import { requireSize } from '../require-size.ts';
import { readFields, type Fields } from './fields.ts';
import * as layout from './quote-layout.ts';

const MAX_BYTES = 32_768;
const MAX_AUTHENTICATION_DATA = 1_024;

/** A TDX quote of version 4, taken apart; nothing in it has been verified. All bytes are views. */
export interface TdxQuote {
  /** Header and body: what the attestation key signed, and what names the evidence. */
  readonly signed: Uint8Array;
  readonly body: Fields<layout.TdBodyField>;
  readonly signature: Uint8Array;
  /** The point's coordinates x, y: 64 bytes. */
  readonly attestationKey: Uint8Array;
  readonly qeReport: Uint8Array;
  readonly qe: Fields<layout.EnclaveReportField>;
  readonly qeReportSignature: Uint8Array;
  readonly authenticationData: Uint8Array;
  readonly pemChain: Uint8Array;
}

/**
 * The parts of a quote, each length checked before it is used. Bytes after the quote are ignored, genuine quotes have some;
 * inside it every length must fit exactly.
 *
 * @throws `attestation.tooLarge`, `attestation.truncated`, `attestation.malformed`
 */
export function readQuote(bytes: Uint8Array): TdxQuote {
  requireSize(bytes, MAX_BYTES, 'quote');
  const quote = new ByteReader(bytes, 'quote');
  const header = quote.take(layout.HEADER_BYTES, 'header');
  const body = quote.take(layout.TD_BODY_BYTES, 'body');
  requireHeader(header);
  const signatureData = new ByteReader(
    quote.take(quote.u32('signature data length'), 'signature data'),
    'signature data',
  );
  const signature = signatureData.take(64, 'signature');
  const attestationKey = signatureData.take(64, 'attestation key');
  const outer = certificationData(signatureData, layout.CERTIFICATION_QE_REPORT);
  const qeReport = outer.take(layout.ENCLAVE_REPORT_BYTES, 'QE report');
  const qeReportSignature = outer.take(64, 'QE report signature');
  const authenticationData = outer.take(outer.u16('QE authentication data length'), 'QE authentication data');
  requireSize(authenticationData, MAX_AUTHENTICATION_DATA, 'QE authentication data');
  const inner = certificationData(outer, layout.CERTIFICATION_PEM_CHAIN);
  return {
    signed: bytes.subarray(0, layout.SIGNED_BYTES),
    body: readFields(layout.TD_BODY, body),
    signature,
    attestationKey,
    qeReport,
    qe: readFields(layout.ENCLAVE_REPORT, qeReport),
    qeReportSignature,
    authenticationData,
    pemChain: inner.take(inner.remaining, 'certificate chain'),
  };
}

function requireHeader(header: Uint8Array): void {
  const fields = readFields(layout.HEADER, header);
  const integer = (bytes: Uint8Array) => bytes.reduceRight((sum, byte) => sum * 256 + byte, 0);
  if (integer(fields.version) !== layout.QUOTE_VERSION) throw malformed('version', 'is not 4');
  if (integer(fields.attestationKeyType) !== layout.KEY_TYPE_ECDSA_P256)
    throw malformed('attestationKeyType', 'is not ECDSA on P-256');
  if (integer(fields.teeType) !== layout.TEE_TYPE_TDX) throw malformed('teeType', 'is not TDX');
  if (toHex(fields.qeVendorId) !== layout.QE_VENDOR_ID) throw malformed('qeVendorId', 'is not the known one');
}

/** The certification data that ends the reader: the expected type, and a length that reaches exactly to the end. */
function certificationData(reader: ByteReader, type: number): ByteReader {
  if (reader.u16('certification data type') !== type) throw malformed('certification data', `is not of type ${type}`);
  const data = new ByteReader(
    reader.take(reader.u32('certification data length'), 'certification data'),
    'certification data',
  );
  reader.end();
  return data;
}

const malformed = (place: string, message: string): Error =>
  attestationError({ code: 'attestation.malformed', message: `The quote's ${place} ${message}.`, place });
