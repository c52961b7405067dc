import { fromHex } from '@encryptech/base';
import type { EvidenceClaims } from '../claims.ts';
import { attestationError } from '../errors.ts';
import { decodeRuntimeData } from './decode-runtime-data.ts';
import { requireBinding } from './report-data.ts';
import type { RuntimeData } from './runtime-data.ts';

/**
 * The runtime data that verified evidence binds: its labelled hash and 32 zeros are the report data. Nitro documents have
 * places of their own for a nonce and a key; where they are used they must say the same.
 *
 * @throws `attestation.badRuntimeData`, `attestation.bindingMismatch`
 */
export function requireBound(claims: Pick<EvidenceClaims, 'reportData' | 'nitro'>, bytes: Uint8Array): RuntimeData {
  const runtimeData = decodeRuntimeData(bytes);
  requireBinding(fromHex(claims.reportData), bytes);
  const { nonce = runtimeData.nonce, publicKey = runtimeData.hpkePublicKey } = claims.nitro ?? {};
  if (nonce !== runtimeData.nonce) throw mismatch('nonce');
  if (publicKey !== runtimeData.hpkePublicKey) throw mismatch('public key');
  return runtimeData;
}

const mismatch = (place: string): Error =>
  attestationError({
    code: 'attestation.bindingMismatch',
    message: `The document carries another ${place} than the runtime data.`,
    place,
  });
