import { open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { localError } from './errors.ts';
import { readTextFile } from './read-text-file.ts';

/**
 * Writes a file that only its owner can read (mode 0600), whole or not at all: into a file beside it, synced, then
 * renamed over the old one, then the folder is synced.
 */
export async function writePrivateFile(path: string, content: string | Uint8Array): Promise<void> {
  const beside = `${path}.${process.pid}.new`;
  const file = await open(beside, 'w', 0o600);
  try {
    await file.writeFile(content);
    await file.sync();
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  } finally {
    await file.close();
  }
  await rename(beside, path);
  if (process.platform === 'win32') return;
  const folder = await open(dirname(path), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/**
 * The text of a file with a secret in it.
 *
 * @throws `sdk.openPermissions` when group or others may read or write it, `sdk.noFile`
 */
export async function readPrivateFile(path: string, what: string): Promise<string> {
  const text = await readTextFile(path, what);
  const { mode } = await stat(path);
  if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
    throw localError({
      code: 'sdk.openPermissions',
      message: `The ${what} can be read by others (mode ${(mode & 0o777).toString(8)}).`,
      place: path,
      hint: `chmod 600 ${path}`,
    });
  }
  return text;
}
