// Writes every generated file of the repo; with `--check` it compares instead and exits 1 when one is stale.
import { join } from 'node:path';
import { runStep } from './run-step.mjs';

const root = join(import.meta.dirname, '..');
const generators = ['tools/generate-abis.mjs', 'tools/generate-operators.mjs'];
let ok = true;
for (const generator of generators)
  ok = (await runStep('node', [generator, ...process.argv.slice(2)], { cwd: root })).ok && ok;
process.exitCode = ok ? 0 : 1;
