import { sealingError } from './errors.ts';

/**
 * Passes a key of exactly 32 bytes; the error says its length, never its bytes.
 *
 * @throws `sealing.badKey`
 */
export function requireKey(key: Uint8Array, name: string): void {
  if (!(key instanceof Uint8Array) || key.length !== 32) {
    throw sealingError({
      code: 'sealing.badKey',
      message: `The ${name} must be 32 bytes${key instanceof Uint8Array ? `, not ${key.length}` : ''}.`,
    });
  }
}
