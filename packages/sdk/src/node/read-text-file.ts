import { readFile } from 'node:fs/promises';
import { localError } from './errors.ts';

/**
 * The text of a file.
 *
 * @throws `sdk.noFile` with the path as `place`
 */
export async function readTextFile(path: string, what: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw localError({
      code: 'sdk.noFile',
      message: `The ${what} can't be read: ${(cause as NodeJS.ErrnoException).code ?? 'unknown reason'}.`,
      place: path,
      cause,
    });
  }
}
