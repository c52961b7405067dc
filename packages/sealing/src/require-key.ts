import { sealingError } from './errors.ts';

/**
 * Passes a key of exactly that many bytes; the error says its length, never its bytes.
 *
 * @throws `sealing.badKey`
 */
export function requireKey(key: Uint8Array, name: string, bytes = 32): void {
  if (!(key instanceof Uint8Array) || key.length !== bytes) {
    throw sealingError({
      code: 'sealing.badKey',
      message: `The ${name} must be ${bytes} bytes${key instanceof Uint8Array ? `, not ${key.length}` : ''}.`,
    });
  }
}
