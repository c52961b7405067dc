// `npm run check`: what a person and CI run before a change lands. `--skip-tests` leaves out the tests (CI runs them by `npm test`).
import { join } from 'node:path';
import { runStep } from './run-step.mjs';

const root = join(import.meta.dirname, '..');
const release = { FOUNDRY_PROFILE: 'release' };
const steps = [
  ['format: TypeScript, JSON, Markdown', 'prettier', ['--check', '.']],
  ['format: Solidity', 'forge', ['fmt', '--check']],
  ['lint', 'eslint', ['.']],
  ['layering', 'depcruise', ['--config', '.dependency-cruiser.cjs', 'packages', 'apps', 'bench']],
  ['types', 'tsc', ['-p', '.']],
  ['contracts: release build', 'forge', ['build', '--sizes'], release],
  ['generated files are fresh', 'node', ['tools/generate.mjs', '--check']],
  [
    'gas snapshot, on release bytecode',
    'forge',
    ['test', '--match-path', 'contracts/test/gas/*', '--isolate', '--gas-snapshot-check', 'true'],
    { CONTRACTS_OUT: 'contracts/out-release' },
  ],
  ['contracts: proofs of the arithmetic (SMTChecker, z3)', 'node', ['tools/check-proofs.mjs']],
  ['contracts: money paths for all inputs (halmos)', 'node', ['tools/check-symbolic.mjs']],
  ['contracts: slither, every finding answered', 'node', ['tools/check-slither.mjs']],
  ['every attack on the list has its test', 'node', ['tools/check-attacks.mjs']],
  ['the repo names nothing outside itself', 'node', ['tools/check-words.mjs']],
  ...(process.argv.includes('--skip-tests') ? [] : [['tests', 'node', ['tools/test.mjs']]]),
];

const rows = [];
for (const [title, command, args, env] of steps) {
  process.stdout.write(`== ${title} ==\n`);
  const { ok, seconds } = await runStep(command, args, { cwd: root, env });
  rows.push({ title, ok, seconds });
}
process.stdout.write('\n');
for (const { title, ok, seconds } of rows)
  process.stdout.write(`${ok ? 'ok    ' : 'FAILED'} ${seconds.toFixed(1).padStart(6)} s  ${title}\n`);
const failed = rows.filter((row) => !row.ok).length;
process.stdout.write(`checks: ${rows.length - failed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;
