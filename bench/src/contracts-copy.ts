import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The root of the repository. */
export const ROOT = join(import.meta.dirname, '..', '..');

export interface ContractsCopy {
  folder: string;
  remove(): void;
}

/**
 * The forge project in a folder of its own, with its built artifacts: benches change sources and configuration there, and
 * nobody's build is disturbed.
 */
export function copyContracts({ change }: { change?: (path: string, text: string) => string } = {}): ContractsCopy {
  const folder = mkdtempSync(join(tmpdir(), 'encryptech-contracts-'));
  for (const part of ['foundry.toml', 'contracts', 'vectors', 'tools']) {
    const isWanted = (path: string) => !/contracts\/(out|out-release|cache|cache-release)(\/|$)/.test(path);
    cpSync(join(ROOT, part), join(folder, part), { recursive: true, filter: isWanted });
  }
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  if (change) {
    for (const entry of readdirSync(join(folder, 'contracts'), { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || !entry.name.endsWith('.sol')) continue;
      const path = join(entry.parentPath, entry.name);
      const text = readFileSync(path, 'utf8');
      const changed = change(path.slice(folder.length + 1), text);
      if (changed !== text) writeFileSync(path, changed);
    }
  }
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
