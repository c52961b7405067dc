// Python's tools for contracts, each set in a virtual environment of its own under node_modules/.cache, installed once, where there
// is Python.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const SETS = {
  slither: {
    least: '3.9',
    packages: ['slither-analyzer==0.11.6', 'crytic-compile==0.4.2', 'z3-solver==4.12.6.0'],
    folder: 'encryptech-python',
  },
  // It brings its solver along: yices.
  halmos: { least: '3.11', packages: ['halmos==0.3.3'], folder: 'encryptech-halmos' },
};

/** Where a set of tools is, installing it first when need be; undefined where Python is missing or it does not install. */
export function pythonTools(set = 'slither') {
  const { least, packages, folder: name } = SETS[set];
  const folder = join(import.meta.dirname, '..', 'node_modules', '.cache', name);
  const stamp = join(folder, 'installed');
  const wanted = `${packages.join('\n')}\n`;
  const isThere = existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted;
  if (!isThere && !install(set, least, packages, folder)) return undefined;
  if (!isThere) writeFileSync(stamp, wanted);
  return { path: join(folder, 'bin'), bin: (tool) => join(folder, 'bin', tool) };
}

function install(set, least, packages, folder) {
  const test = `import sys, venv; sys.exit(sys.version_info < (${least.replace('.', ', ')}))`;
  const python = ['python3', 'python'].find((name) => spawnSync(name, ['-c', test]).status === 0);
  if (python === undefined) return false;
  process.stdout.write(`Installing ${set} into node_modules/.cache (once)\n`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const steps = [
    [python, ['-m', 'venv', folder]],
    [join(folder, 'bin', 'pip'), ['install', '--quiet', '--disable-pip-version-check', ...packages]],
  ];
  for (const [command, args] of steps) {
    const { status, stderr } = spawnSync(command, args, { encoding: 'utf8' });
    if (status === 0) continue;
    process.stdout.write(`It does not install here:\n${(stderr ?? '').slice(-1_000)}\n`);
    rmSync(folder, { recursive: true, force: true });
    return false;
  }
  return true;
}
