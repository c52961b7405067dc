// Every test that contracts/test/attacks/README.md names exists: a row without its test would be an empty promise.
import { readFileSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';

const tests = join(import.meta.dirname, '..', 'contracts', 'test');
const known = new Set(
  readdirSync(tests, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.t.sol'))
    .flatMap((path) =>
      [...readFileSync(join(tests, path), 'utf8').matchAll(/function ((?:test|invariant)\w+)/g)].map(
        ([, name]) => `${basename(path, '.t.sol')}.${name}`,
      ),
    ),
);
const rows = readFileSync(join(tests, 'attacks', 'README.md'), 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('| ') && !line.startsWith('| ---'));
let named = 0;
let missing = 0;
for (const row of rows.filter((line) => !/^\| (bug|class) +\| tests/.test(line))) {
  const names = [...row.matchAll(/`(\w+\.(?:test|invariant)\w+)`/g)].map(([, name]) => name);
  named += names.length;
  const absent = names.length === 0 ? ['any test'] : names.filter((name) => !known.has(name));
  missing += absent.length;
  for (const name of absent) process.stdout.write(`${row.split('|')[1]?.trim()}: ${name} is missing\n`);
}
process.stdout.write(`attacks: ${named} tests named, ${missing} missing\n`);
process.exitCode = missing === 0 && named > 0 ? 0 : 1;
