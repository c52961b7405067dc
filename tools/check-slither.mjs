// Slither over contracts/src: every finding of high or medium impact must be answered in slither-answers.json, with a reason.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pythonTools } from './python-tools.mjs';

const root = join(import.meta.dirname, '..');
const tools = pythonTools();
if (tools === undefined) {
  process.stdout.write(
    'SKIPPED: no Python 3.9 or newer on this machine, or no way to install slither. Nothing was analysed.\n',
  );
  process.exit(0);
}
const answers = JSON.parse(readFileSync(join(import.meta.dirname, 'slither-answers.json'), 'utf8'));
const copy = mkdtempSync(join(tmpdir(), 'encryptech-slither-'));
let findings;
try {
  // Without the tests: slither would have them compiled with their trees, which takes minutes.
  for (const part of ['foundry.toml', 'contracts/src', 'tools'])
    cpSync(join(root, part), join(copy, part), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  const report = join(copy, 'report.json');
  const path = [join(root, 'node_modules', '.bin'), tools.path, process.env.PATH].join(':');
  const settings = {
    FOUNDRY_TEST: 'contracts/none',
    FOUNDRY_SCRIPT: 'contracts/none',
    FOUNDRY_DYNAMIC_TEST_LINKING: 'false',
  };
  const run = spawnSync(tools.bin('slither'), ['.', '--filter-paths', 'node_modules', '--json', report], {
    ...{ cwd: copy, env: { ...process.env, ...settings, PATH: path }, encoding: 'utf8', maxBuffer: 2 ** 28 },
  });
  try {
    findings = JSON.parse(readFileSync(report, 'utf8')).results.detectors ?? [];
  } catch {
    process.stdout.write(`Slither did not come to an end:\n${(run.stderr ?? '').slice(-3_000)}\n`);
    process.exit(1);
  }
} finally {
  rmSync(copy, { recursive: true, force: true });
}

function placeOf({ elements: [element] }) {
  const { type, name, type_specific_fields: fields } = element ?? {};
  let parent = fields?.parent;
  // A local variable stands in a function, which stands in a contract.
  if (parent?.type === 'function') parent = parent.type_specific_fields?.parent ?? parent;
  return type === 'contract' || parent === undefined ? name : `${parent.name}.${name}`;
}

const fits = (pattern, place) =>
  pattern === '*' || pattern === place || (pattern.endsWith('.*') && place.startsWith(pattern.slice(0, -1)));
const grave = findings.filter(({ impact }) => impact === 'High' || impact === 'Medium');
const open = grave.filter((finding) => {
  const place = placeOf(finding);
  return !answers[finding.check]?.at.some((pattern) => fits(pattern, place));
});
for (const finding of open)
  process.stdout.write(`${finding.impact} ${finding.check} at ${placeOf(finding)}\n${finding.description}\n`);
process.stdout.write(
  `slither: ${findings.length} findings, ${grave.length} of high or medium impact, ${grave.length - open.length} answered, ${open.length} open\n`,
);
process.exitCode = open.length === 0 ? 0 : 1;
