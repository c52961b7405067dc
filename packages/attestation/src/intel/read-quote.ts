import { toHex } from '@encryptech/base';
import { ByteReader } from '../byte-reader.ts';
import { attestationError } from '../errors.ts';
import { requireSize } from '../require-size.ts';
import { readFields, type Fields } from './fields.ts';
import * as layout from './quote-layout.ts';

const MAX_BYTES = 32_768;
const MAX_AUTHENTICATION_DATA = 1_024;

/** What a quote is about: a trust domain, or an SGX enclave. */
export type QuoteBody =
  | {
      readonly tee: 'tdx';
      readonly fields: Fields<layout.TdBodyField>;
      /** There for TD 1.5. */
      readonly td15?: Fields<layout.Td15Field>;
    }
  | { readonly tee: 'sgx'; readonly fields: Fields<layout.EnclaveReportField> };

/** A quote, taken apart; nothing in it has been verified. All bytes are views. */
export interface Quote {
  readonly version: 3 | 4 | 5;
  /** Of version 5 only. */
  readonly bodyType?: number;
  readonly body: QuoteBody;
  /** Header and body: what the attestation key signed, and what names the evidence. */
  readonly signed: Uint8Array;
  readonly signature: Uint8Array;
  /** The point's coordinates x, y: 64 bytes. */
  readonly attestationKey: Uint8Array;
  readonly qeReport: Uint8Array;
  readonly qe: Fields<layout.EnclaveReportField>;
  readonly qeReportSignature: Uint8Array;
  readonly authenticationData: Uint8Array;
  /** What vouches for the platform's key: 5 is a PEM chain; 1 to 3 only name the platform. */
  readonly certificationType: number;
  readonly certificationData: Uint8Array;
  /** Bytes after the quote, which nothing covers. */
  readonly trailingBytes: number;
}

/**
 * The parts of a quote of version 3, 4 or 5, each length checked before it is used. Bytes after the quote are ignored,
 * genuine quotes have some; inside it every length must fit exactly.
 *
 * @throws `attestation.tooLarge`, `attestation.truncated`, `attestation.malformed`
 */
export function readQuote(bytes: Uint8Array): Quote {
  requireSize(bytes, MAX_BYTES, 'quote');
  const quote = new ByteReader(bytes, 'quote');
  const header = readHeader(quote.take(layout.HEADER_BYTES, 'header'));
  const { bodyType, body } = readBody(quote, header);
  const signed = bytes.subarray(0, quote.position);
  const data = new ByteReader(quote.take(quote.u32('signature data length'), 'signature data'), 'signature data');
  const signature = data.take(64, 'signature');
  const attestationKey = data.take(64, 'attestation key');
  const platform = header.version === 3 ? data : qeReportData(data);
  const qeReport = platform.take(layout.ENCLAVE_REPORT_BYTES, 'QE report');
  const qeReportSignature = platform.take(64, 'QE report signature');
  const authenticationData = platform.take(platform.u16('QE authentication data length'), 'QE authentication data');
  requireSize(authenticationData, MAX_AUTHENTICATION_DATA, 'QE authentication data');
  const { type, content } = certification(platform);
  return {
    version: header.version,
    ...(bodyType === undefined ? {} : { bodyType }),
    body,
    signed,
    signature,
    attestationKey,
    qeReport,
    qe: readFields(layout.ENCLAVE_REPORT, qeReport),
    qeReportSignature,
    authenticationData,
    certificationType: type,
    certificationData: content,
    trailingBytes: quote.remaining,
  };
}

interface Header {
  readonly version: 3 | 4 | 5;
  readonly tee: 'tdx' | 'sgx';
}

function readHeader(bytes: Uint8Array): Header {
  const fields = readFields(layout.HEADER, bytes);
  const version = layout.littleEndian(fields.version);
  if (version !== 3 && version !== 4 && version !== 5) throw malformed('version', 'is not 3, 4 or 5');
  if (layout.littleEndian(fields.attestationKeyType) !== layout.KEY_TYPE_ECDSA_P256)
    throw malformed('attestationKeyType', 'is not ECDSA on P-256');
  const teeType = layout.littleEndian(fields.teeType);
  if (teeType !== layout.TEE_TYPE_SGX && teeType !== layout.TEE_TYPE_TDX)
    throw malformed('teeType', 'is neither SGX nor TDX');
  if (version === 3 && teeType !== layout.TEE_TYPE_SGX) throw malformed('teeType', 'is not SGX, as version 3 must be');
  if (toHex(fields.qeVendorId) !== layout.QE_VENDOR_ID) throw malformed('qeVendorId', 'is not the known one');
  return { version, tee: teeType === layout.TEE_TYPE_TDX ? 'tdx' : 'sgx' };
}

function readBody(quote: ByteReader, { version, tee }: Header): { bodyType?: number; body: QuoteBody } {
  if (version !== 5) return { body: bodyOf(quote, tee === 'sgx' ? layout.BODY_SGX_ENCLAVE : layout.BODY_TD_10) };
  const bodyType = quote.u16('body type');
  const size = quote.u32('body size');
  const before = quote.position;
  const body = bodyOf(quote, bodyType);
  if (body.tee !== tee) throw malformed('bodyType', "is not of the header's TEE");
  if (quote.position - before !== size) throw malformed('bodySize', "is not its type's");
  return { bodyType, body };
}

function bodyOf(quote: ByteReader, type: number): QuoteBody {
  if (type === layout.BODY_SGX_ENCLAVE) {
    const report = quote.take(layout.ENCLAVE_REPORT_BYTES, 'enclave report');
    return { tee: 'sgx', fields: readFields(layout.ENCLAVE_REPORT, report) };
  }
  if (type === layout.BODY_TD_10)
    return { tee: 'tdx', fields: readFields(layout.TD_BODY, quote.take(layout.TD_BODY_BYTES, 'body')) };
  if (type !== layout.BODY_TD_15) throw malformed('bodyType', 'is not a known one');
  const bytes = quote.take(layout.TD15_BODY_BYTES, 'body');
  return { tee: 'tdx', fields: readFields(layout.TD_BODY, bytes), td15: readFields(layout.TD15_EXTRA, bytes) };
}

function qeReportData(data: ByteReader): ByteReader {
  const { type, content } = certification(data);
  if (type !== layout.CERTIFICATION_QE_REPORT)
    throw malformed('certification data', `is not of type ${layout.CERTIFICATION_QE_REPORT}`);
  return new ByteReader(content, 'certification data');
}

/** The certification data that ends the reader, with a length that reaches exactly to the end. */
function certification(reader: ByteReader): { type: number; content: Uint8Array } {
  const type = reader.u16('certification data type');
  const content = reader.take(reader.u32('certification data length'), 'certification data');
  reader.end();
  return { type, content };
}

const malformed = (place: string, message: string): Error =>
  attestationError({ code: 'attestation.malformed', message: `The quote's ${place} ${message}.`, place });
