import { access } from 'node:fs/promises';
import { cliError } from './errors.ts';

/** @throws `cli.fileExists` unless writing over it is wanted */
export async function refuseExisting(path: string, force: boolean | undefined): Promise<void> {
  const isThere = await access(path).then(
    () => true,
    () => false,
  );
  if (force === true || !isThere) return;
  throw cliError({
    code: 'cli.fileExists',
    message: 'The file is there already.',
    place: path,
    hint: 'Choose another --out, or add --force.',
  });
}
