import { localError } from './errors.ts';
import { readPrivateFile } from './private-file.ts';

export interface PassphraseSource {
  /** A file with mode 0600; one line break at its end does not count. */
  passphraseFile?: string | undefined;
  /** The file named by ENCRYPTECH_PASSPHRASE_FILE, handed in by the app: only apps read the environment. */
  passphraseFileOfEnvironment?: string | undefined;
  /** Asks a person; left out where there is none. */
  prompt?: ((question: string) => Promise<string>) | undefined;
}

/**
 * The passphrase from the first source that there is: the configured file, the environment's file, a person.
 *
 * @throws `sdk.noPassphrase`, `sdk.openPermissions`, `sdk.noFile`
 */
export async function readPassphrase(source: PassphraseSource, forWhat: string): Promise<string> {
  const file = source.passphraseFile ?? source.passphraseFileOfEnvironment;
  if (file !== undefined) return (await readPrivateFile(file, 'passphrase file')).replace(/\r?\n$/, '');
  if (source.prompt !== undefined) return source.prompt(`Passphrase of ${forWhat}: `);
  throw localError({
    code: 'sdk.noPassphrase',
    message: `The passphrase of ${forWhat} is nowhere to be found.`,
    place: forWhat,
    hint: 'Name a file with mode 0600 in "passphraseFile" or in ENCRYPTECH_PASSPHRASE_FILE.',
  });
}
