// Proves contracts/proofs with the compiler's SMTChecker and z3: every assertion, overflow and division must be safe for all
// inputs. The npm compiler has no solver inside, so z3 is asked through its callback: the system's, or the one in the folder
// of Python tools.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pythonTools } from './python-tools.mjs';

const root = join(import.meta.dirname, '..');
const file = 'contracts/proofs/MathProofs.sol';
const SECONDS_A_QUERY = 20;

const z3 = findSolver();
if (z3 === undefined) {
  process.stdout.write(
    'SKIPPED: no z3 on this machine, and no Python 3.9 or newer to install it with. Nothing was proven.\n',
  );
  process.exit(0);
}

function findSolver() {
  if (spawnSync('z3', ['--version']).status === 0) return 'z3';
  return pythonTools()?.bin('z3');
}

function read(path) {
  const resolved = path.startsWith('@openzeppelin/') ? join(root, 'node_modules', path) : join(root, path);
  return existsSync(resolved) ? { contents: readFileSync(resolved, 'utf8') } : { error: `${path} is missing` };
}

const solc = createRequire(import.meta.url)('solc');
let queries = 0;
const smtSolver = (query) => {
  queries++;
  const answer = spawnSync(z3, ['-in', '-smt2', `-T:${SECONDS_A_QUERY}`], { input: query, maxBuffer: 2 ** 26 });
  return { contents: answer.stdout.toString() };
};
const input = {
  language: 'Solidity',
  sources: { [file]: { content: read(file).contents } },
  settings: {
    modelChecker: {
      engine: 'bmc',
      contracts: { [file]: ['MathProofs'] },
      targets: ['assert', 'overflow', 'underflow', 'divByZero'],
      solvers: ['smtlib2'],
      showProvedSafe: true,
      showUnproved: true,
      divModNoSlacks: true,
    },
    outputSelection: {},
  },
};
const started = performance.now();
const { errors = [] } = JSON.parse(solc.compile(JSON.stringify(input), { import: read, smtSolver }));
const facts = errors.filter(({ errorCode }) => errorCode !== '1878');
const proven = facts.filter(({ message }) => /^(CHC|BMC): .* check is safe/.test(message));
const open = facts.filter(
  (fact) => !proven.includes(fact) && /^(CHC|BMC):|rror/.test(`${fact.message} ${fact.severity}`),
);
for (const { formattedMessage } of open) process.stdout.write(`${formattedMessage}\n`);
const seconds = ((performance.now() - started) / 1000).toFixed(1);
process.stdout.write(`proofs: ${proven.length} proven, ${open.length} not, by ${queries} queries in ${seconds} s\n`);
process.exitCode = open.length === 0 && proven.length > 0 ? 0 : 1;
