import { concatBytes, toHex } from '@encryptech/base';
import { encode } from 'cborg';
import { attestationError } from '../errors.ts';
import { requireSize } from '../require-size.ts';
import { decodeStrictCbor } from './strict-cbor.ts';

const MAX_BYTES = 16_384;
/** CBOR tag 18, which COSE_Sign1 may carry. */
const TAG_SIGN1 = 0xd2;
/** {1: -35}: ES384, and no critical header. */
const PROTECTED = '0xa1013822';
const SIGNATURE_BYTES = 96;

/** A COSE_Sign1 message under ES384, taken apart; nothing in it has been verified. */
export interface CoseSign1 {
  readonly payload: Uint8Array;
  /** r, then s, 48 bytes each. */
  readonly signature: Uint8Array;
  /** The bytes that are signed: Sig_structure, and so what names the evidence. */
  readonly signed: Uint8Array;
}

/**
 * The message in strict CBOR (RFC 9052 sections 4.2 and 4.4; AWS, "Attestation process", section 3.1): four parts, the one
 * protected header that AWS writes, an unprotected one that is empty, no external data.
 *
 * @throws `attestation.tooLarge`, `attestation.malformed`
 */
export function readCoseSign1(bytes: Uint8Array): CoseSign1 {
  requireSize(bytes, MAX_BYTES, 'document');
  const parts = decodeStrictCbor(bytes[0] === TAG_SIGN1 ? bytes.subarray(1) : bytes, 'document');
  if (!Array.isArray(parts) || parts.length !== 4) throw malformed('message', 'does not have four parts');
  const [header, unprotected, payload, signature] = parts as unknown[];
  if (!(header instanceof Uint8Array) || toHex(header) !== PROTECTED)
    throw malformed('protected header', 'is not that of ES384');
  if (!(unprotected instanceof Map) || unprotected.size > 0) throw malformed('unprotected header', 'is not empty');
  if (!(payload instanceof Uint8Array) || payload.length === 0) throw malformed('payload', 'is missing');
  if (!(signature instanceof Uint8Array) || signature.length !== SIGNATURE_BYTES)
    throw malformed('signature', `does not have ${SIGNATURE_BYTES} bytes`);
  const context = concatBytes(Uint8Array.of(0x84), encode('Signature1'), encode(header), encode(new Uint8Array(0)));
  return { payload, signature, signed: concatBytes(context, encode(payload)) };
}

const malformed = (place: string, message: string): Error =>
  attestationError({ code: 'attestation.malformed', message: `The document's ${place} ${message}.`, place });
