import { randomBytes } from 'node:crypto';
import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { readPassphrase, writePrivateFile, type PassphraseSource } from '@encryptech/sdk/node';
import type { Terminal } from '../terminal.ts';
import type { Home } from './home.ts';

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

/**
 * Where the passphrase of a person's keys comes from: the file in `ENCRYPTECH_PASSPHRASE_FILE`, else the state
 * directory's `secrets/`, else a question on a terminal. Never an argument, which other users of the machine could read.
 */
export async function passphraseSource(terminal: Terminal, home: Home, name: string): Promise<PassphraseSource> {
  const kept = home.passphraseFile(name);
  const named = terminal.env['ENCRYPTECH_PASSPHRASE_FILE'];
  return {
    passphraseFile: named !== undefined && named !== '' ? named : (await isThere(kept)) ? kept : undefined,
    prompt: terminal.isInteractive ? (question) => terminal.ask(question, { hidden: true }) : undefined,
  };
}

/**
 * The passphrase for new keys: from {@link passphraseSource}, or 256 fresh random bits kept in the state directory with
 * mode 0600 when `unattended` (daemons start with nobody at the keyboard) or when there is nobody to ask.
 */
export async function passphraseForNewKeys(
  terminal: Terminal,
  home: Home,
  name: string,
  { unattended }: { unattended: boolean },
): Promise<string> {
  const source = await passphraseSource(terminal, home, name);
  if (source.passphraseFile !== undefined || (!unattended && source.prompt !== undefined))
    return readPassphrase(source, name);
  const passphrase = randomBytes(32).toString('base64url');
  await mkdir(dirname(home.passphraseFile(name)), { recursive: true, mode: 0o700 });
  await writePrivateFile(home.passphraseFile(name), `${passphrase}\n`);
  return passphrase;
}
