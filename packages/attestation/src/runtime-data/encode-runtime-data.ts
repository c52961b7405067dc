import { fromHex, isEncryptechError } from '@encryptech/base';
import { encodeCanonicalCbor } from '../canonical-cbor.ts';
import { attestationError } from '../errors.ts';
import { hpkeKeyBytes, PURPOSES, type RuntimeData } from './runtime-data.ts';

/**
 * The canonical CBOR of runtime data: one map with text keys, hex as byte strings. Equal data give equal bytes.
 *
 * @throws `attestation.badRuntimeData`, with the field as `place`
 */
export function encodeRuntimeData(data: RuntimeData): Uint8Array {
  if (data.version !== 1) throw bad('version', 'must be 1');
  if (!PURPOSES.includes(data.purpose)) throw bad('purpose', `must be one of ${PURPOSES.join(', ')}`);
  // Left out for X25519, so that equal data have one encoding.
  if (data.kem !== undefined && data.kem !== 'x-wing') throw bad('kem', 'must be x-wing or left out');
  return encodeCanonicalCbor({
    ...(data.kem === undefined ? {} : { kem: data.kem }),
    version: 1,
    purpose: data.purpose,
    audience: {
      owner: bytes(data.audience.owner, 20, 'audience.owner'),
      chainId: whole(data.audience.chainId, Number.MAX_SAFE_INTEGER, 'audience.chainId'),
      contract: bytes(data.audience.contract, 20, 'audience.contract'),
    },
    nonce: bytes(data.nonce, 32, 'nonce'),
    job: bytes(data.job, 32, 'job'),
    attempt: whole(data.attempt, 0xffffffff, 'attempt'),
    dataset: bytes(data.dataset, 32, 'dataset'),
    configuration: bytes(data.configuration, 32, 'configuration'),
    hpkePublicKey: bytes(data.hpkePublicKey, hpkeKeyBytes(data.kem), 'hpkePublicKey'),
    signer: bytes(data.signer, 20, 'signer'),
  });
}

function bytes(hex: string, length: number, place: string): Uint8Array {
  try {
    return fromHex(hex, length);
  } catch (error) {
    if (!isEncryptechError(error)) throw error;
    throw bad(place, `must be ${length} bytes of hex`);
  }
}

function whole(value: number, most: number, place: string): number {
  if (!Number.isSafeInteger(value) || value < 0 || value > most)
    throw bad(place, `must be a whole number up to ${most}`);
  return value;
}

const bad = (place: string, message: string): Error =>
  attestationError({ code: 'attestation.badRuntimeData', message: `Runtime data: ${place} ${message}.`, place });
