import { concatBytes, fromHex } from '@encryptech/base';
import { writeFields, type Fields } from './fields.ts';
import * as layout from './quote-layout.ts';

/** What {@link assembleQuote} puts around header and body. */
export interface QuoteSignatureParts {
  readonly signature: Uint8Array;
  readonly attestationKey: Uint8Array;
  readonly qeReport: Uint8Array;
  readonly qeReportSignature: Uint8Array;
  readonly authenticationData: Uint8Array;
  readonly pemChain: Uint8Array;
}

/** Header and body of a version 4 quote: the 632 bytes that are signed. Fields that aren't given are zero. */
export function quoteSignedBytes(body: Partial<Fields<layout.TdBodyField>>): Uint8Array {
  const header = writeFields(layout.HEADER, layout.HEADER_BYTES, {
    version: littleEndian(layout.QUOTE_VERSION, 2),
    attestationKeyType: littleEndian(layout.KEY_TYPE_ECDSA_P256, 2),
    teeType: littleEndian(layout.TEE_TYPE_TDX, 4),
    qeVendorId: fromHex(layout.QE_VENDOR_ID),
  });
  return concatBytes(header, writeFields(layout.TD_BODY, layout.TD_BODY_BYTES, body));
}

/** The whole quote. */
export function assembleQuote(signed: Uint8Array, parts: QuoteSignatureParts): Uint8Array {
  const inner = certificationData(layout.CERTIFICATION_PEM_CHAIN, parts.pemChain);
  const outer = certificationData(
    layout.CERTIFICATION_QE_REPORT,
    concatBytes(
      parts.qeReport,
      parts.qeReportSignature,
      littleEndian(parts.authenticationData.length, 2),
      parts.authenticationData,
      inner,
    ),
  );
  const signatureData = concatBytes(parts.signature, parts.attestationKey, outer);
  return concatBytes(signed, littleEndian(signatureData.length, 4), signatureData);
}

const certificationData = (type: number, data: Uint8Array): Uint8Array =>
  concatBytes(littleEndian(type, 2), littleEndian(data.length, 4), data);

function littleEndian(value: number, length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (value >>> (8 * i)) & 0xff);
}
