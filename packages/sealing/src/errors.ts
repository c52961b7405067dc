import { errorsOf } from '@encryptech/base';

/** Every code that this package throws. */
export type SealingErrorCode =
  /** A key, root or label has the wrong shape. */
  | 'sealing.badKey'
  /** A source of bytes yields something else than bytes. */
  | 'sealing.badSource'
  /** The bytes don't start like an encrypted file. */
  | 'sealing.notEncrypted'
  /** An encrypted file of a version that this release can't read. */
  | 'sealing.unsupportedVersion'
  /** The key (or context) isn't the one that this file was encrypted under, or the file's header was altered. */
  | 'sealing.wrongKey'
  /** The file ends too early. */
  | 'sealing.truncated'
  /** The file isn't what was written: changed, reordered, duplicated or appended to, or cut inside a chunk. */
  | 'sealing.altered'
  /** Too short to be an envelope. */
  | 'sealing.badEnvelope'
  /** The envelope doesn't open under this key, info and additional data. */
  | 'sealing.envelopeRejected'
  /** Not a key store, or one with parameters outside the bounds. */
  | 'sealing.badKeystore'
  /** The passphrase is empty. */
  | 'sealing.badPassphrase'
  /** The key store doesn't open under this passphrase. */
  | 'sealing.wrongPassphrase';

/** Makes this package's errors. Keys, passphrases and plaintext never go into one. */
export const sealingError = errorsOf<SealingErrorCode>();
