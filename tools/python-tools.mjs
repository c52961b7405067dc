// Slither and z3 in a virtual environment of their own under node_modules/.cache, installed once, where there is Python.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const PACKAGES = ['slither-analyzer==0.11.6', 'crytic-compile==0.4.2', 'z3-solver==4.12.6.0'];
const folder = join(import.meta.dirname, '..', 'node_modules', '.cache', 'encryptech-python');
const stamp = join(folder, 'installed');

/** Where the tools are, installing them first when need be; undefined where there is no Python 3.9 or they do not install. */
export function pythonTools() {
  if (!existsSync(stamp) && !install()) return undefined;
  return { path: join(folder, 'bin'), bin: (name) => join(folder, 'bin', name) };
}

function install() {
  const python = ['python3', 'python'].find(
    (name) => spawnSync(name, ['-c', 'import sys, venv; sys.exit(sys.version_info < (3, 9))']).status === 0,
  );
  if (python === undefined) return false;
  process.stdout.write('Installing slither and z3 into node_modules/.cache (once)\n');
  mkdirSync(folder, { recursive: true });
  const steps = [
    [python, ['-m', 'venv', folder]],
    [join(folder, 'bin', 'pip'), ['install', '--quiet', '--disable-pip-version-check', ...PACKAGES]],
  ];
  for (const [command, args] of steps) {
    const { status, stderr } = spawnSync(command, args, { encoding: 'utf8' });
    if (status === 0) continue;
    process.stdout.write(`They do not install here:\n${(stderr ?? '').slice(-1_000)}\n`);
    rmSync(folder, { recursive: true, force: true });
    return false;
  }
  writeFileSync(stamp, `${PACKAGES.join('\n')}\n`);
  return true;
}
