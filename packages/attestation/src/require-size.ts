import { attestationError } from './errors.ts';

/**
 * Passes inputs of at most `most` bytes, before anything is parsed.
 *
 * @throws `attestation.tooLarge`
 */
export function requireSize(bytes: Uint8Array, most: number, what: string): void {
  if (bytes.length > most) {
    throw attestationError({
      code: 'attestation.tooLarge',
      message: `The ${what} has ${bytes.length} bytes; at most ${most} are read.`,
      data: { bytes: bytes.length, most },
    });
  }
}
