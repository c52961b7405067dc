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

/** The fields of a trust domain's report; with one of TD 1.5 the quote becomes one of version 5. */
export type TdFields = Partial<Fields<layout.TdBodyField> & Fields<layout.Td15Field>>;

/** Header and body of a quote of version 4 or 5: the bytes that are signed. Fields that aren't given are zero. */
export function quoteSignedBytes(body: TdFields): Uint8Array {
  const is15 = body.teeTcbSvn2 !== undefined || body.mrServiceTd !== undefined;
  const header = writeFields(layout.HEADER, layout.HEADER_BYTES, {
    version: number(is15 ? 5 : 4, 2),
    attestationKeyType: number(layout.KEY_TYPE_ECDSA_P256, 2),
    teeType: number(layout.TEE_TYPE_TDX, 4),
    qeVendorId: fromHex(layout.QE_VENDOR_ID),
  });
  if (!is15) return concatBytes(header, writeFields(layout.TD_BODY, layout.TD_BODY_BYTES, body));
  return concatBytes(
    header,
    number(layout.BODY_TD_15, 2),
    number(layout.TD15_BODY_BYTES, 4),
    writeFields([...layout.TD_BODY, ...layout.TD15_EXTRA], layout.TD15_BODY_BYTES, body),
  );
}

/** The whole quote. */
export function assembleQuote(signed: Uint8Array, parts: QuoteSignatureParts): Uint8Array {
  const inner = certificationData(layout.CERTIFICATION_PEM_CHAIN, parts.pemChain);
  const outer = certificationData(
    layout.CERTIFICATION_QE_REPORT,
    concatBytes(
      parts.qeReport,
      parts.qeReportSignature,
      number(parts.authenticationData.length, 2),
      parts.authenticationData,
      inner,
    ),
  );
  const signatureData = concatBytes(parts.signature, parts.attestationKey, outer);
  return concatBytes(signed, number(signatureData.length, 4), signatureData);
}

const certificationData = (type: number, data: Uint8Array): Uint8Array =>
  concatBytes(number(type, 2), number(data.length, 4), data);

function number(value: number, length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (value >>> (8 * i)) & 0xff);
}
