// Runs contracts/proofs/MoneyChecks.sol on symbols with halmos: every `check_` must hold for all inputs.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pythonTools } from './python-tools.mjs';

const root = join(import.meta.dirname, '..');
const SECONDS = 240;

const tools = pythonTools('halmos');
if (tools === undefined) {
  process.stdout.write(
    'SKIPPED: no Python 3.11 or newer on this machine, or no way to install halmos. Nothing was proven.\n',
  );
  process.exit(0);
}
// A project of its own: halmos wants the trees of what it runs, and nobody's build is disturbed.
const copy = mkdtempSync(join(tmpdir(), 'encryptech-symbolic-'));
try {
  mkdirSync(join(copy, 'contracts', 'proofs'), { recursive: true });
  cpSync(join(root, 'contracts', 'src'), join(copy, 'contracts', 'src'), { recursive: true });
  cpSync(join(root, 'tools', 'solc.cjs'), join(copy, 'tools', 'solc.cjs'));
  cpSync(join(root, 'contracts', 'proofs', 'MoneyChecks.sol'), join(copy, 'contracts', 'proofs', 'MoneyChecks.sol'));
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  const project = [
    '[profile.default]',
    ...['src = "contracts/proofs"', 'test = "contracts/proofs"', 'out = "out"', 'libs = ["node_modules"]'],
    ...['remappings = ["@openzeppelin/=node_modules/@openzeppelin/"]', 'solc = "./tools/solc.cjs"'],
    ...['offline = true', 'evm_version = "cancun"', 'optimizer = true'],
  ];
  writeFileSync(join(copy, 'foundry.toml'), `${project.join('\n')}\n`);
  const path = [join(root, 'node_modules', '.bin'), tools.path, process.env.PATH].join(':');
  const args = ['--root', copy, '--contract', 'MoneyChecks', '--solver-timeout-assertion', '60000', '--no-status'];
  const run = spawnSync(tools.bin('halmos'), args, {
    ...{ cwd: copy, env: { ...process.env, PATH: path }, encoding: 'utf8', timeout: SECONDS * 1000 },
  });
  const passed = [...(run.stdout ?? '').matchAll(/\[PASS\].*? (check_\w+)/g)].map(([, name]) => name);
  const isGood = run.status === 0 && passed.length > 0;
  if (!isGood) process.stdout.write(`${(run.stdout ?? '').slice(-6_000)}\n${(run.stderr ?? '').slice(-2_000)}\n`);
  process.stdout.write(`symbolic: ${passed.length} checks hold for all inputs: ${passed.join(' ')}\n`);
  process.exitCode = isGood ? 0 : 1;
} finally {
  rmSync(copy, { recursive: true, force: true });
}
