import { collectBytes } from './collect-bytes.ts';
import { decryptStream } from './decrypt-stream.ts';
import type { FileOptions } from './encrypt-stream.ts';

/**
 * The plaintext of an encrypted file in memory, all of it or nothing.
 *
 * @throws the codes of {@link decryptStream}
 */
export const decryptFile = (key: Uint8Array, file: Uint8Array, options: FileOptions = {}): Promise<Uint8Array> =>
  collectBytes(decryptStream(key, file, options));
