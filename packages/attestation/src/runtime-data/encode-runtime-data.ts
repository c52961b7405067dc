import { fromHex, isEncryptechError } from '@encryptech/base';
import { encodeCanonicalCbor } from '../canonical-cbor.ts';
import { attestationError } from '../errors.ts';
import { PURPOSES, type RuntimeData } from './runtime-data.ts';

/**
 * The canonical CBOR of runtime data: one map with text keys, hex as byte strings. Equal data give equal bytes.
 *
 * @throws `attestation.badRuntimeData`, with the field as `place`
 */
export function encodeRuntimeData(data: RuntimeData): Uint8Array {
  if (data.version !== 1) throw bad('version', 'must be 1');
  if (!PURPOSES.includes(data.purpose)) throw bad('purpose', `must be one of ${PURPOSES.join(', ')}`);
  return encodeCanonicalCbor({
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
    hpkePublicKey: bytes(data.hpkePublicKey, 32, 'hpkePublicKey'),
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
