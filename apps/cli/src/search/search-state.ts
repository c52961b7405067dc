import { randomBytes } from 'node:crypto';
import { rm, stat } from 'node:fs/promises';
import { decryptKeystore, encryptKeystore } from '@encryptech/sealing';
import { readPassphrase, readPrivateFile, writePrivateFile, type PassphraseSource } from '@encryptech/sdk/node';
import { cliError } from '../errors.ts';

/** Where a search keeps how far it is. */
export interface SearchStateFile {
  /** The search's root: of the file, or fresh random bytes. */
  root: Uint8Array;
  /** Its last checkpoint, which is encrypted under the root; undefined before the first. */
  checkpoint: Uint8Array | undefined;
  keep: (checkpoint: Uint8Array) => Promise<void>;
  /** Once the result is written. */
  remove: () => Promise<void>;
}

/**
 * The state file at `path`, a new one under a fresh root where there is none: a key store with the root, under a passphrase, and
 * the last checkpoint. Without a path nothing is kept.
 *
 * @throws `sdk.noPassphrase`, `sdk.openPermissions`, `sealing.wrongPassphrase`, `cli.badFile`
 */
export async function openSearchState(path: string | undefined, source: PassphraseSource): Promise<SearchStateFile> {
  const fresh = new Uint8Array(randomBytes(32));
  if (path === undefined) {
    const nothing = () => Promise.resolve();
    return { root: fresh, checkpoint: undefined, keep: nothing, remove: nothing };
  }
  const isThere = await stat(path).then(
    () => true,
    () => false,
  );
  const kept = isThere ? parsed(await readPrivateFile(path, 'state of a search'), path) : undefined;
  const passphrase = await readPassphrase(source, path);
  const root = kept === undefined ? fresh : await decryptKeystore(kept.keystore, passphrase);
  const keystore: unknown = kept?.keystore ?? (await encryptKeystore(root, passphrase));
  const write = (checkpoint: string | null) =>
    writePrivateFile(path, `${JSON.stringify({ version: 1, keystore, checkpoint })}\n`);
  if (kept === undefined) await write(null);
  return {
    root,
    checkpoint: kept?.checkpoint ?? undefined,
    keep: (checkpoint) => write(Buffer.from(checkpoint).toString('base64')),
    remove: () => rm(path, { force: true }),
  };
}

function parsed(text: string, path: string): { keystore: unknown; checkpoint: Uint8Array | undefined } {
  try {
    const { version, keystore, checkpoint } = JSON.parse(text) as Record<string, unknown>;
    if (version === 1 && (checkpoint === null || typeof checkpoint === 'string')) {
      return {
        keystore,
        checkpoint: checkpoint === null ? undefined : new Uint8Array(Buffer.from(checkpoint, 'base64')),
      };
    }
  } catch {
    // Said below.
  }
  throw cliError({
    code: 'cli.badFile',
    message: 'The file is no state of a search.',
    place: path,
    hint: 'Name another --state; a search begins anew where there is no file.',
  });
}
