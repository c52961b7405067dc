import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';

/** Every file below a folder, by its path from there. Files that vanish while one looks are left out. */
export async function filesBelow(folder: string): Promise<Map<string, Buffer>> {
  const files = new Map<string, Buffer>();
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name);
    try {
      if (entry.isFile()) files.set(relative(folder, path), await readFile(path));
    } catch {
      // A daemon has removed it meanwhile.
    }
  }
  return files;
}

/** The command lines and environments of processes and of all that they started (Linux). */
export async function processFacts(roots: readonly number[]): Promise<Map<string, Buffer>> {
  const facts = new Map<string, Buffer>();
  const parents = new Map<number, number>();
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const status = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => '');
    const parent = /^\d+ \(.*\) \S (\d+)/s.exec(status)?.[1];
    if (parent !== undefined) parents.set(Number(name), Number(parent));
  }
  const isOurs = (pid: number | undefined): boolean =>
    pid !== undefined && pid > 1 && (roots.includes(pid) || isOurs(parents.get(pid)));
  for (const pid of parents.keys()) {
    if (!isOurs(pid)) continue;
    for (const kind of ['cmdline', 'environ']) {
      const bytes = await readFile(`/proc/${pid}/${kind}`).catch(() => undefined);
      // A process that is ending has neither any more, and must not hide what it had.
      if (bytes !== undefined && bytes.length > 0) facts.set(`process ${pid} ${kind}`, bytes);
    }
  }
  return facts;
}

/** True for a file that only its owner may read. */
export const isPrivate = async (path: string): Promise<boolean> => ((await stat(path)).mode & 0o077) === 0;
