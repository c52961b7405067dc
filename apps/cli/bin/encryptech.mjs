#!/usr/bin/env node
// Starts the command line on the pinned Node, whatever Node started this file.
import { spawnSync } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(realpathSync(fileURLToPath(import.meta.url)));
const main = join(here, '../src/main.ts');

if (Number(process.versions.node.split('.')[0]) >= 24) {
  await import(main);
} else {
  const pinned = join(here, '../../../node_modules/.bin/node');
  if (!existsSync(pinned)) {
    process.stderr.write(
      `encryptech needs Node 24 or newer; this is ${process.version}. Run "npm ci" in the clone, or install Node 24.\n`,
    );
    process.exit(2);
  }
  const run = spawnSync(pinned, [main, ...process.argv.slice(2)], { stdio: 'inherit' });
  process.exit(run.status ?? 1);
}
