import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** A Python with packages, or why there is none. */
export type PythonEnvironment = { readonly python: string } | { readonly missing: string };

/**
 * A virtual environment of its own with these packages (`name==version`), installed once, by pip, into the user's cache folder
 * (`$XDG_CACHE_HOME/encryptech`, else `~/.cache/encryptech`): the packages of another library never touch the project.
 *
 * Nothing is thrown where there is no Python, or where the packages do not install: the reason comes back.
 */
export function pythonEnvironment(name: string, packages: readonly string[]): PythonEnvironment {
  const digest = createHash('sha256').update(packages.join('\n')).digest('hex').slice(0, 8);
  const cache = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  const folder = join(cache, 'encryptech', `${name}-${digest}`);
  const python = join(folder, 'bin', 'python');
  const stamp = join(folder, 'installed');
  if (existsSync(stamp)) return { python };

  const system = ['python3', 'python'].find(
    (command) => spawnSync(command, ['-c', 'import sys, venv; sys.exit(sys.version_info < (3, 10))']).status === 0,
  );
  if (system === undefined) return { missing: 'there is no Python 3.10 or later with venv here' };
  process.stderr.write(`Installing ${packages.join(', ')} into ${folder} (once)\n`);
  mkdirSync(folder, { recursive: true });
  const steps: [string, string[]][] = [
    [system, ['-m', 'venv', folder]],
    [python, ['-m', 'pip', 'install', '--quiet', '--no-cache-dir', '--disable-pip-version-check', ...packages]],
  ];
  for (const [command, args] of steps) {
    const { status, stderr } = spawnSync(command, args, { encoding: 'utf8' });
    if (status === 0) continue;
    rmSync(folder, { recursive: true, force: true });
    return { missing: `${packages.join(', ')} do not install: ${(stderr ?? '').trim().split('\n').at(-1) ?? ''}` };
  }
  writeFileSync(stamp, `${packages.join('\n')}\n`);
  return { python };
}
