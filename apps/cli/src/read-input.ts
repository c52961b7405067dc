import { readFile } from 'node:fs/promises';
import { cliError } from './errors.ts';

/**
 * The bytes of a file that the user named.
 *
 * @throws `cli.fileMissing` when it can't be read
 */
export async function readInput(path: string): Promise<Uint8Array> {
  try {
    return new Uint8Array(await readFile(path));
  } catch (cause) {
    const reason = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unreadable';
    throw cliError({
      code: 'cli.fileMissing',
      message: `The file can't be read (${reason}).`,
      place: path,
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
