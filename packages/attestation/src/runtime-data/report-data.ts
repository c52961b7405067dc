import { concatBytes, equalBytes, utf8 } from '@encryptech/base';
import { sha256 } from '@noble/hashes/sha2.js';
import { attestationError } from '../errors.ts';

const LABEL = utf8('encryptech/ra/v1');

/** The 64 bytes of report data that bind runtime data: SHA-256 of the label and the bytes, then 32 zeros. */
export const reportDataOf = (runtimeData: Uint8Array): Uint8Array =>
  concatBytes(sha256(concatBytes(LABEL, runtimeData)), new Uint8Array(32));

/**
 * Passes report data that is exactly {@link reportDataOf} the runtime data; the zeros count.
 *
 * @throws `attestation.bindingMismatch`
 */
export function requireBinding(reportData: Uint8Array, runtimeData: Uint8Array): void {
  if (!equalBytes(reportData, reportDataOf(runtimeData))) {
    throw attestationError({
      code: 'attestation.bindingMismatch',
      message: 'The evidence was made for other runtime data than came with it.',
    });
  }
}
