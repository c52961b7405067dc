import { attestationError } from '../errors.ts';
import { requireSize } from '../require-size.ts';
import * as layout from './report-layout.ts';
import { productOf, type SnpProduct } from './products.ts';

const VERSIONS = [2, 3, 4, 5];

/** An attestation report, taken apart; nothing in it has been verified. All bytes are views. */
export interface SnpReport {
  readonly version: number;
  /** What the VEK signed, and what names the evidence. */
  readonly signed: Uint8Array;
  /** r, then s, 48 big-endian bytes each. */
  readonly signature: Uint8Array;
  readonly policy: bigint;
  readonly platformInfo: bigint;
  readonly vmpl: number;
  readonly signingKey: 'VCEK' | 'VLEK';
  readonly maskedChipKey: boolean;
  readonly authorKey: boolean;
  /** From the report's CPUID; a version 2 report has none. */
  readonly product: SnpProduct | undefined;
  readonly field: (name: layout.ReportField) => Uint8Array;
}

/**
 * The parts of a report of version 2 to 5 (AMD 56860, section 7.3): exact size, reserved bytes zero, ECDSA on P-384, signed by
 * a VCEK or a VLEK.
 *
 * @throws `attestation.tooLarge`, `attestation.truncated`, `attestation.malformed`, `attestation.unsupportedProduct`
 */
export function readReport(bytes: Uint8Array): SnpReport {
  requireSize(bytes, layout.REPORT_BYTES, 'report');
  if (bytes.length < layout.REPORT_BYTES) {
    throw attestationError({
      code: 'attestation.truncated',
      message: `The report has ${bytes.length} bytes; it must have ${layout.REPORT_BYTES}.`,
      data: { bytes: bytes.length },
    });
  }
  const field = (name: layout.ReportField): Uint8Array => {
    const [offset, length] = layout.REPORT[name];
    return bytes.subarray(offset, offset + length);
  };
  const version = Number(integer(field('version')));
  if (!VERSIONS.includes(version)) throw malformed('version', `is ${version}, not one of ${VERSIONS.join(', ')}`);
  for (const [offset, length, until] of layout.RESERVED)
    if (version < until && bytes.subarray(offset, offset + length).some((byte) => byte !== 0))
      throw malformed(`byte ${offset}`, 'is reserved and not zero');
  if (integer(field('signatureAlgorithm')) !== BigInt(layout.ECDSA_P384_SHA384))
    throw malformed('signature algorithm', 'is not ECDSA on P-384 with SHA-384');
  const keyInfo = Number(integer(field('keyInfo')));
  const policy = integer(field('policy'));
  if (((policy >> layout.POLICY.reservedOne) & 1n) === 0n) throw malformed('policy', 'lacks a bit that is always one');
  return {
    version,
    signed: bytes.subarray(0, layout.SIGNED_BYTES),
    signature: readSignature(bytes.subarray(layout.SIGNED_BYTES)),
    policy,
    platformInfo: integer(field('platformInfo')),
    vmpl: Number(integer(field('vmpl'))),
    signingKey: signingKey(keyInfo),
    maskedChipKey: (keyInfo & layout.KEY_INFO.maskedChipKey) !== 0,
    authorKey: (keyInfo & layout.KEY_INFO.authorKey) !== 0,
    product: version < 3 ? undefined : productOf(field('cpuidFamily')[0]!, field('cpuidModel')[0]!),
    field,
  };
}

function signingKey(keyInfo: number): 'VCEK' | 'VLEK' {
  const found = ['VCEK', 'VLEK'] as const;
  const key = found[(keyInfo >> layout.KEY_INFO.signingKeyShift) & layout.KEY_INFO.signingKeyMask];
  if (key === undefined) throw malformed('signing key', 'is neither a VCEK nor a VLEK');
  return key;
}

/** Two little-endian numbers of 72 bytes; P-384's have 48, so that the rest must be zero. */
function readSignature(bytes: Uint8Array): Uint8Array {
  const width = layout.SIGNATURE_PART_BYTES;
  const out = new Uint8Array(96);
  for (const part of [0, 1]) {
    const number = bytes.subarray(part * width, (part + 1) * width);
    if (number.subarray(48).some((byte) => byte !== 0)) throw malformed('signature', 'is wider than P-384');
    out.set(number.slice(0, 48).reverse(), 48 * part);
  }
  if (bytes.subarray(2 * width).some((byte) => byte !== 0)) throw malformed('signature', 'is followed by other bytes');
  return out;
}

const integer = (bytes: Uint8Array): bigint => bytes.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);

const malformed = (place: string, message: string): Error =>
  attestationError({ code: 'attestation.malformed', message: `The report's ${place} ${message}.`, place });
