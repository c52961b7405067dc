import { toHex, type Hex } from '@encryptech/base';
import { decodeCanonicalCbor } from '../canonical-cbor.ts';
import { attestationError } from '../errors.ts';
import { requireSize } from '../require-size.ts';
import {
  hpkeKeyBytes,
  PURPOSES,
  type Audience,
  type HybridKem,
  type Purpose,
  type RuntimeData,
} from './runtime-data.ts';

const MAX_BYTES = 2_048;
const AUDIENCE_KEYS = ['chainId', 'contract', 'owner'];
const KEYS = [
  'attempt',
  'audience',
  'configuration',
  'dataset',
  'hpkePublicKey',
  'job',
  'nonce',
  'purpose',
  'signer',
  'version',
];

/**
 * The runtime data in canonical CBOR. Closed: each field is there once, in its one encoding, and no other.
 *
 * @throws `attestation.tooLarge`, `attestation.badRuntimeData` with the field as `place`
 */
export function decodeRuntimeData(bytes: Uint8Array): RuntimeData {
  requireSize(bytes, MAX_BYTES, 'runtime data');
  const fields = closedMap(decodeCanonicalCbor(bytes), KEYS, 'runtime data', ['kem']);
  if (fields.get('version') !== 1) throw bad('version', 'must be 1');
  const kem = fields.has('kem') ? hybridKem(fields.get('kem')) : undefined;
  return {
    version: 1,
    purpose: purpose(fields.get('purpose')),
    audience: audience(fields.get('audience')),
    nonce: hex(fields, 'nonce', 32),
    job: hex(fields, 'job', 32),
    attempt: whole(fields, 'attempt', 0xffffffff),
    dataset: hex(fields, 'dataset', 32),
    configuration: hex(fields, 'configuration', 32),
    ...(kem === undefined ? {} : { kem }),
    hpkePublicKey: hex(fields, 'hpkePublicKey', hpkeKeyBytes(kem)),
    signer: hex(fields, 'signer', 20),
  };
}

function audience(value: unknown): Audience {
  const fields = closedMap(value, AUDIENCE_KEYS, 'audience');
  return {
    owner: hex(fields, 'owner', 20),
    chainId: whole(fields, 'chainId', Number.MAX_SAFE_INTEGER),
    contract: hex(fields, 'contract', 20),
  };
}

function purpose(value: unknown): Purpose {
  const found = PURPOSES.find((known) => known === value);
  if (found === undefined) throw bad('purpose', `must be one of ${PURPOSES.join(', ')}`);
  return found;
}

function hybridKem(value: unknown): HybridKem {
  if (value !== 'x-wing') throw bad('kem', 'must be x-wing or left out');
  return value;
}

function closedMap(
  value: unknown,
  keys: readonly string[],
  place: string,
  optional: readonly string[] = [],
): ReadonlyMap<unknown, unknown> {
  if (!(value instanceof Map)) throw bad(place, 'is not a map in canonical CBOR');
  const unknown = [...value.keys()].find((key) => !keys.includes(key as string) && !optional.includes(key as string));
  if (unknown !== undefined) throw bad(place, 'has a field that is not known');
  const missing = keys.find((key) => !value.has(key));
  if (missing !== undefined) throw bad(missing, 'is missing');
  return value;
}

function hex(fields: ReadonlyMap<unknown, unknown>, name: string, length: number): Hex {
  const value = fields.get(name);
  if (!(value instanceof Uint8Array) || value.length !== length) throw bad(name, `must be ${length} bytes`);
  return toHex(value);
}

function whole(fields: ReadonlyMap<unknown, unknown>, name: string, most: number): number {
  const value = fields.get(name);
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0 || value > most)
    throw bad(name, `must be a whole number up to ${most}`);
  return value;
}

const bad = (place: string, message: string): Error =>
  attestationError({ code: 'attestation.badRuntimeData', message: `Runtime data: ${place} ${message}.`, place });
