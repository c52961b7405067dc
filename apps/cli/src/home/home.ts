import { join, resolve } from 'node:path';
import type { Terminal } from '../terminal.ts';

/** The kinds of people who keep keys in a state directory. */
export type Role = 'developer' | 'owner' | 'provider';

/** The paths of one state directory; nothing is created by asking for a path. */
export interface Home {
  root: string;
  networkFile: string;
  chainDir: string;
  coordinatorDir: string;
  verifierDir: string;
  logFile: (process: string) => string;
  passphraseFile: (name: string) => string;
  personDir: (role: Role, name: string) => string;
  roleDir: (role: Role) => string;
}

/** The state directory: the `--dir` option, else `ENCRYPTECH_HOME`, else `.encryptech` under the working directory. */
export function homeOf(terminal: Terminal, dir: string | undefined): Home {
  const root = resolve(terminal.cwd, dir ?? terminal.env['ENCRYPTECH_HOME'] ?? '.encryptech');
  return {
    root,
    networkFile: join(root, 'network.json'),
    chainDir: join(root, 'chain'),
    coordinatorDir: join(root, 'coordinator'),
    verifierDir: join(root, 'verifier'),
    logFile: (process) => join(root, 'logs', `${process}.log`),
    passphraseFile: (name) => join(root, 'secrets', `${name}.passphrase`),
    roleDir: (role) => join(root, `${role}s`),
    personDir: (role, name) => join(root, `${role}s`, name),
  };
}
