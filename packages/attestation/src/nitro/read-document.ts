import { attestationError } from '../errors.ts';
import { decodeStrictCbor } from './strict-cbor.ts';

/** SHA-384, the only digest that AWS uses. */
const PCR_BYTES = 48;
const MAX_CERTIFICATE = 1_024;
const MAX_USER_BYTES = 512;
const MAX_PUBLIC_KEY = 1_024;
const MAX_BUNDLE = 8;
const FIELDS = [
  'module_id',
  'digest',
  'timestamp',
  'pcrs',
  'certificate',
  'cabundle',
  'public_key',
  'user_data',
  'nonce',
];

/** What a Nitro enclave's hypervisor says of it; nothing in it has been verified. */
export interface NitroDocument {
  readonly moduleId: string;
  readonly issuedAt: Date;
  /** By index, in ascending order. */
  readonly pcrs: readonly (readonly [index: number, value: Uint8Array])[];
  readonly certificate: Uint8Array;
  /** Root first, as AWS orders them. */
  readonly cabundle: readonly Uint8Array[];
  readonly publicKey: Uint8Array | undefined;
  readonly userData: Uint8Array | undefined;
  readonly nonce: Uint8Array | undefined;
}

/**
 * The document in a payload of strict CBOR, each field of the type and size that AWS's "Attestation process", section 3.1
 * (AttestationDocument) and 3.2.2.1 allow, and no other field.
 *
 * @throws `attestation.malformed`, with the field as `place`
 */
export function readDocument(payload: Uint8Array): NitroDocument {
  const fields = decodeStrictCbor(payload, 'payload', { allowIndefinite: true });
  if (!(fields instanceof Map)) throw malformed('payload', 'is not a map');
  for (const name of fields.keys())
    if (!FIELDS.includes(name as string)) throw malformed(String(name).slice(0, 40), 'is not a known field');
  const moduleId: unknown = fields.get('module_id');
  if (typeof moduleId !== 'string' || moduleId === '' || moduleId.length > 256)
    throw malformed('module_id', 'is missing or empty');
  if (fields.get('digest') !== 'SHA384') throw malformed('digest', 'is not SHA384');
  const timestamp: unknown = fields.get('timestamp');
  if (typeof timestamp !== 'number' || !Number.isSafeInteger(timestamp) || timestamp <= 0 || timestamp > 8.64e15)
    throw malformed('timestamp', 'is not a time');
  return {
    moduleId,
    issuedAt: new Date(timestamp),
    pcrs: readPcrs(fields.get('pcrs')),
    certificate: bytes(fields.get('certificate'), 'certificate', 1, MAX_CERTIFICATE),
    cabundle: readBundle(fields.get('cabundle')),
    publicKey: optional(fields.get('public_key'), 'public_key', MAX_PUBLIC_KEY),
    userData: optional(fields.get('user_data'), 'user_data', MAX_USER_BYTES),
    nonce: optional(fields.get('nonce'), 'nonce', MAX_USER_BYTES),
  };
}

function readPcrs(value: unknown): [number, Uint8Array][] {
  if (!(value instanceof Map) || value.size < 1 || value.size > 32)
    throw malformed('pcrs', 'does not hold 1 to 32 registers');
  const pcrs = [...(value as Map<unknown, unknown>)].map(([index, register]): [number, Uint8Array] => {
    if (typeof index !== 'number' || !Number.isInteger(index) || index < 0 || index > 31)
      throw malformed('pcrs', 'has an index out of range');
    if (!(register instanceof Uint8Array) || register.length !== PCR_BYTES)
      throw malformed('pcrs', 'has a register of the wrong length');
    return [index, register];
  });
  return pcrs.toSorted(([a], [b]) => a - b);
}

function readBundle(value: unknown): Uint8Array[] {
  if (!Array.isArray(value) || value.length < 1 || value.length > MAX_BUNDLE)
    throw malformed('cabundle', `does not hold 1 to ${MAX_BUNDLE} certificates`);
  return value.map((certificate) => bytes(certificate, 'cabundle', 1, MAX_CERTIFICATE));
}

const optional = (value: unknown, place: string, most: number): Uint8Array | undefined =>
  value === undefined || value === null ? undefined : bytes(value, place, 0, most);

function bytes(value: unknown, place: string, least: number, most: number): Uint8Array {
  if (!(value instanceof Uint8Array) || value.length < least || value.length > most)
    throw malformed(place, `is not ${least} to ${most} bytes`);
  return value;
}

const malformed = (place: string, message: string): Error =>
  attestationError({ code: 'attestation.malformed', message: `The document's ${place} ${message}.`, place });
