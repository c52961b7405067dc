// `npm test`: every test there is, Solidity and TypeScript, then one closing line `N passed, N failed`.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runStep } from './run-step.mjs';

const root = join(import.meta.dirname, '..');
const scratch = mkdtempSync(join(tmpdir(), 'encryptech-test-'));
const totals = { passed: 0, failed: 0, skipped: 0 };

function add(passed, failed, skipped, ok) {
  totals.passed += passed;
  // A runner that ends badly without naming a failed test (a compile error, say) counts as one failure.
  totals.failed += !ok && failed === 0 ? 1 : failed;
  totals.skipped += skipped;
}

process.stdout.write('== Solidity tests (forge) ==\n');
const forge = await runStep('forge', ['test'], { cwd: root, env: { FORCE_COLOR: '0' } });
const line = /(\d+) tests passed, (\d+) failed, (\d+) skipped/.exec(forge.text) ?? [];
add(Number(line[1] ?? 0), Number(line[2] ?? 0), Number(line[3] ?? 0), forge.ok && line.length > 0);

process.stdout.write('\n== TypeScript tests (vitest) ==\n');
const report = join(scratch, 'vitest.json');
const vitest = await runStep(
  'vitest',
  ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...process.argv.slice(2)],
  { cwd: root },
);
try {
  const counts = JSON.parse(readFileSync(report, 'utf8'));
  add(counts.numPassedTests, counts.numFailedTests, counts.numPendingTests + counts.numTodoTests, vitest.ok);
} catch {
  add(0, 1, 0, false);
}
rmSync(scratch, { recursive: true, force: true });

process.stdout.write(
  `\n${totals.passed} passed, ${totals.failed} failed${totals.skipped > 0 ? `, ${totals.skipped} skipped` : ''}\n`,
);
process.exitCode = totals.failed === 0 && totals.passed > 0 ? 0 : 1;
