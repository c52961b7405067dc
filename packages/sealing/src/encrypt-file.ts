import { collectBytes } from './collect-bytes.ts';
import { encryptStream, type FileOptions } from './encrypt-stream.ts';

/**
 * The encrypted file of bytes in memory; the same format as {@link encryptStream}.
 *
 * @throws `sealing.badKey`
 */
export const encryptFile = (key: Uint8Array, bytes: Uint8Array, options: FileOptions = {}): Promise<Uint8Array> =>
  collectBytes(encryptStream(key, bytes, options));
