import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { toHex, type Hex } from '@encryptech/base';

/** The folder that holds `packages`, `apps` and `package-lock.json`: where this code was started from. */
export const installRoot = join(import.meta.dirname, '..', '..', '..');

const isMeasured = (name: string): boolean => /\.(ts|js|mjs|json)$/.test(name) && !/\.test\.ts$/.test(name);

/**
 * The measurement of the enclave that this install would start: SHA-384 (48 bytes of hex, as TDX measures) over the
 * sorted lines `path NUL sha256 LF` of everything the worker may run: the sources of all packages without tests, the
 * worker's own folder, and `package-lock.json`, which pins the rest by digest. An owner computes it on a clone of
 * their own and lists it in the release policy.
 *
 * A process measures its own install once: an install that is changed under a running daemon is not what it started from.
 */
export function measureEnclave(root = installRoot): Hex {
  return measureWorker([ENCLAVE], root);
}

/** The same over all packages, the lock file and these folders of the install: the measurement of another kind of worker. */
export function measureWorker(folders: readonly string[], root = installRoot): Hex {
  if (root !== installRoot) return measure(root, folders);
  const name = folders.join('\n');
  const known = ownMeasurements.get(name) ?? measure(root, folders);
  ownMeasurements.set(name, known);
  return known;
}

const ENCLAVE = 'apps/provider/src/enclave';
const ownMeasurements = new Map<string, Hex>();

function measure(root: string, own: readonly string[]): Hex {
  const sum = createHash('sha384');
  for (const path of measuredFiles(root, own)) {
    const digest = createHash('sha256')
      .update(readFileSync(join(root, path)))
      .digest('hex');
    sum.update(`${path}\0${digest}\n`);
  }
  return toHex(sum.digest());
}

/** The measured files as sorted paths below the root, with `/` on every system. */
export function measuredFiles(root = installRoot, own: readonly string[] = [ENCLAVE]): string[] {
  const folders = readdirSync(join(root, 'packages'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => `packages/${entry.name}/src`);
  return ['package-lock.json', ...[...folders, ...own].flatMap((at) => filesBelow(root, at))].sort((a, b) =>
    a < b ? -1 : 1,
  );
}

function filesBelow(root: string, folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return filesBelow(root, path);
    return entry.isFile() && isMeasured(entry.name) ? [path] : [];
  });
}
