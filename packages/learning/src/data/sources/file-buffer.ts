import type { FileHandle } from 'node:fs/promises';
import type { AsyncBuffer } from 'hyparquet';
import { learningError } from '../../errors.ts';

/**
 * A file as the Parquet reader asks for it, a part at a time. The reader asks for parts ahead and forgets them when another one
 * fails, so each promise is taken care of here: a damaged file is a typed error, never the end of the process.
 */
export function fileBuffer(file: FileHandle, byteLength: number): AsyncBuffer {
  async function read(start: number, end: number): Promise<ArrayBuffer> {
    const isInside = start >= 0 && start <= end && end <= byteLength;
    const part = isInside ? new Uint8Array(end - start) : undefined;
    if (part === undefined || (await file.read(part, 0, part.length, start)).bytesRead < part.length) {
      throw learningError({
        code: 'learning.malformedParquet',
        message: 'The Parquet file names bytes that it has not.',
      });
    }
    return part.buffer;
  }
  return {
    byteLength,
    slice(start, end = byteLength) {
      const reading = read(start, end);
      reading.catch(() => undefined);
      return reading;
    },
  };
}
