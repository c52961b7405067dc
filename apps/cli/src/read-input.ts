import { readFile } from 'node:fs/promises';
import { isEncryptechError } from '@encryptech/base';
import { cliError } from './errors.ts';

/**
 * The bytes of a file that the user named.
 *
 * @throws `cli.fileMissing` when it can't be read
 */
export const readInput = (path: string): Promise<Uint8Array> =>
  readingData(path, async () => new Uint8Array(await readFile(path)));

/**
 * What `read` makes of files that the user named; its own typed errors pass.
 *
 * @throws `cli.fileMissing` when one can't be read
 */
export async function readingData<T>(path: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    if (isEncryptechError(cause)) throw cause;
    const reason = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unreadable';
    throw cliError({
      code: 'cli.fileMissing',
      message: `The file can't be read (${reason}).`,
      place: cause instanceof Error && 'path' in cause ? String(cause.path) : path,
      hint: 'Check the path and its permissions.',
      cause,
    });
  }
}

/**
 * The JSON of a file that the user named.
 *
 * @throws `cli.fileMissing`, `cli.badFile`
 */
export async function readJsonInput(path: string): Promise<unknown> {
  const bytes = await readInput(path);
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw cliError({ code: 'cli.badFile', message: 'The file is not JSON.', place: path, cause });
  }
}
