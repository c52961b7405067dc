import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import { chainError } from '../errors.ts';

/** Where to look; by default what this process sees. */
export interface FindAnvilOptions {
  /** The PATH variable. */
  path?: string | undefined;
  /** Node's name of the processor. */
  arch?: string;
}

/**
 * The path of an `anvil` executable: the one of the installed platform package, else the first on PATH.
 *
 * @throws `chain.anvilMissing`
 */
export function findAnvil({ path = process.env['PATH'] ?? '', arch = process.arch }: FindAnvilOptions = {}): string {
  const platform = { x64: 'amd64', arm64: 'arm64' }[arch] ?? arch;
  const name = process.platform === 'win32' ? 'anvil.exe' : 'anvil';
  try {
    const manifest = createRequire(import.meta.url).resolve(
      `@foundry-rs/anvil-${process.platform}-${platform}/package.json`,
    );
    const packaged = join(dirname(manifest), 'bin', name);
    if (existsSync(packaged)) return packaged;
  } catch {
    // No package for this platform: a Foundry installed the usual way serves as well.
  }
  for (const folder of path.split(delimiter)) {
    if (folder !== '' && existsSync(join(folder, name))) return join(folder, name);
  }
  throw chainError({
    code: 'chain.anvilMissing',
    message: 'anvil, the embedded chain, is not installed.',
    hint: 'Run `npm ci` in the repository, or install Foundry and put anvil on PATH.',
    data: { platform: process.platform, arch },
  });
}
