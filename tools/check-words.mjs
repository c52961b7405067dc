// The repo stands alone: no file names a machine path, a registry host or a folder outside the repo.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const forbidden = [
  /\.\.\/shared\b/,
  /\.library\b/,
  new RegExp(`${['', 'work', ''].join('/')}(main|shared|\\.)`),
  /registry\.npmjs|pypi\.org\/simple|deb\.debian\.org/,
];
const files = execFileSync('git', ['ls-files'], { cwd: root, encoding: 'utf8' })
  .split('\n')
  .filter((file) => /\.(ts|mjs|cjs|sol|md|json|toml|sh|yml)$/.test(file) && file !== 'package-lock.json');
let found = 0;
for (const file of files) {
  const lines = readFileSync(join(root, file), 'utf8').split('\n');
  lines.forEach((text, index) => {
    // Genuine enclave evidence is read from a sibling folder by tests that say so when it is missing.
    if (/tee-samples/.test(text) || file === 'tools/check-words.mjs') return;
    for (const pattern of forbidden) {
      if (pattern.test(text)) {
        found++;
        process.stdout.write(`${file}:${index + 1}: ${pattern}\n`);
      }
    }
  });
}
process.exitCode = found === 0 ? 0 : 1;
