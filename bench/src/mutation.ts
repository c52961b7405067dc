import { createHash } from 'node:crypto';
import { cpSync, existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { ROOT, copyContracts, type ContractsCopy } from './contracts-copy.ts';
import type { Figure } from './figure.ts';
import { keepProgress } from './keep-progress.ts';
import { mutantsOf, sample, type Mutant } from './mutate.ts';
import { runForge } from './run-forge.ts';

/** How many mutants are tried at most; `ENCRYPTECH_MUTANTS` asks for another number. */
const MUTANTS = Number(process.env['ENCRYPTECH_MUTANTS'] ?? 240);
/** Only sources whose path has this in it; all by default. */
const ONLY = process.env['ENCRYPTECH_MUTATE'] ?? '';
/** Verdicts are written to this file, and mutants that have one are not tried again while their source and its tests stay the same. */
const PROGRESS = process.env['ENCRYPTECH_PROGRESS'] ?? '';
const WORKERS = Number(process.env['ENCRYPTECH_WORKERS'] ?? 2);
/** Slower tests than that were made slow by the mutant. */
const TIMEOUT_MS = 120_000;

/** Where ENC or coins move, or a price or limit decides how much. */
const SOURCES = [
  ...['EncToken', 'FounderVesting', 'Emissions', 'Rewards', 'Treasury', 'StablecoinDesk', 'FiatGateway', 'Vouchers'],
  ...['Staking', 'Jobs', 'Faults', 'Prices', 'MedianFeed', 'jobs/JobBalances', 'attestations/VerifierBonds'],
  ...['faults/FaultBonds', 'libraries/DayLimit', 'libraries/EmissionMath', 'libraries/FeedReading'],
  ...['libraries/MedianMath', 'libraries/PriceMath', 'libraries/RewardMath', 'libraries/ShareMath'],
].map((name) => `contracts/src/${name}.sol`);

/** Folders of tests beside the one named after the contract. */
const MORE_TESTS: Readonly<Record<string, readonly string[]>> = {
  'Treasury.sol': ['stablecoin-desk'],
  'DayLimit.sol': ['stablecoin-desk', 'fiat-gateway'],
  'EmissionMath.sol': ['libraries', 'emissions'],
  'FaultBonds.sol': ['faults'],
  'FeedReading.sol': ['prices'],
  'MedianMath.sol': ['prices', 'median-feed', 'stablecoin-desk'],
  'PriceMath.sol': ['libraries', 'jobs'],
  'RewardMath.sol': ['libraries', 'rewards'],
  'VerifierBonds.sol': ['attestations'],
  'ShareMath.sol': ['libraries', 'staking'],
  'JobBalances.sol': ['jobs', 'attacks'],
  'Jobs.sol': ['attacks'],
  'Staking.sol': ['attacks'],
};

type Verdict = 'killed' | 'survived' | 'stillborn';

/**
 * Whether the tests notice when the code that moves money is wrong: one small change at a time, the contract's own tests
 * run, and a change that they let pass is printed. What does not compile does not count.
 */
export async function mutation(): Promise<Figure[]> {
  const sources = SOURCES.filter((path) => path.includes(ONLY) && existsSync(join(ROOT, path)));
  const all = sources.flatMap((path) => mutantsOf(path, readFileSync(join(ROOT, path), 'utf8')));
  const queue = sample(all, MUTANTS);
  const verdicts: [Mutant, Verdict][] = [];
  const ended = keepProgress<Verdict>(PROGRESS);
  const copies = Array.from({ length: WORKERS }, () => copyContracts());
  try {
    const [first, ...others] = copies as [ContractsCopy, ...ContractsCopy[]];
    await expectGreen(first.folder, sources);
    for (const other of others) copyBuild(first, other);
    const next = [...queue];
    await Promise.all(
      copies.map(async (copy) => {
        for (let mutant = next.shift(); mutant; mutant = next.shift()) {
          const key = keyOf(copy, mutant);
          const verdict = ended.find(key) ?? (await tryMutant(copy, mutant));
          ended.add(key, verdict);
          verdicts.push([mutant, verdict]);
          const { path, line, before, after } = mutant;
          if (verdict === 'survived') {
            process.stderr.write(`survived: ${path}:${line}\n  - ${before.trim()}\n  + ${after.trim()}\n`);
          }
          process.stderr.write(`mutant ${verdicts.length} of ${queue.length}: ${basename(path)} ${verdict}\n`);
        }
      }),
    );
  } finally {
    for (const copy of copies) copy.remove();
  }
  return figuresOf(verdicts, all.length, sources);
}

/** What was built in one copy, so that another need not build it too. */
function copyBuild(from: ContractsCopy, to: ContractsCopy): void {
  for (const part of ['contracts/out', 'contracts/cache']) {
    cpSync(join(from.folder, part), join(to.folder, part), { recursive: true, preserveTimestamps: true });
  }
}

/** A mutant, its source and the tests that judge it. */
function keyOf({ folder }: ContractsCopy, { path, line, after }: Mutant): string {
  const hash = createHash('sha256').update(readFileSync(join(ROOT, path)));
  for (const tests of testsOf(path)) {
    const inside = join(folder, 'contracts', 'test', tests);
    for (const file of readdirSync(inside).sort()) hash.update(readFileSync(join(inside, file)));
  }
  return `${path}:${line}:${after.trim()}:${hash.digest('hex').slice(0, 16)}`;
}

function figuresOf(verdicts: readonly [Mutant, Verdict][], found: number, sources: readonly string[]): Figure[] {
  const count = (verdict: Verdict, path?: string) =>
    verdicts.filter(([mutant, got]) => got === verdict && (path === undefined || mutant.path === path)).length;
  const settings = { mutantsFound: found, mutantsTried: verdicts.length, stillborn: count('stillborn'), fuzzRuns: 64 };
  const score = (path?: string) => (100 * count('killed', path)) / (count('killed', path) + count('survived', path));
  const figure = score();
  return [
    { name: 'mutants killed', figure, unit: '%', goal: '>= 90', holds: figure >= 90, settings },
    ...sources
      .filter((path) => count('killed', path) + count('survived', path) > 0)
      .map((path): Figure => ({
        ...{ name: `  ${basename(path)}`, figure: score(path), unit: '%', goal: null, holds: null, settings },
      })),
  ];
}

/** The tests must pass before anything is changed: else every mutant would look killed. */
async function expectGreen(cwd: string, sources: readonly string[]): Promise<void> {
  const folders = new Set(sources.flatMap(testsOf));
  const run = await runForge(argsFor([...folders]), { cwd, env: ENV });
  if (!run.ok) throw new Error(`The tests fail without a mutant:\n${run.text.slice(-4_000)}`);
}

async function tryMutant({ folder }: ContractsCopy, { path, line, after }: Mutant): Promise<Verdict> {
  const file = join(folder, path);
  const original = readFileSync(file, 'utf8');
  const lines = original.split('\n');
  lines[line - 1] = after;
  writeFileSync(file, lines.join('\n'));
  try {
    const run = await runForge([...argsFor(testsOf(path)), '--fail-fast'], {
      ...{ cwd: folder, env: ENV, timeoutMs: TIMEOUT_MS },
    });
    if (run.ok) return 'survived';
    return /Compiler run failed|Compilation failed|solar run failed/.test(run.text) ? 'stillborn' : 'killed';
  } finally {
    writeFileSync(file, original);
  }
}

/** Warnings about what a mutant left unused do not save it. */
const ENV = { FOUNDRY_FUZZ_RUNS: '64', FOUNDRY_DENY: 'never' };

const argsFor = (folders: readonly string[]): string[] => [
  'test',
  '--match-path',
  `contracts/test/{${[...folders, '.none'].join(',')}}/*`,
];

function testsOf(path: string): string[] {
  const name = basename(path);
  const own = name
    .replace('.sol', '')
    .replace(/(?<=[a-z])(?=[A-Z])/g, '-')
    .toLowerCase();
  const there = readdirSync(join(ROOT, 'contracts', 'test'));
  return [own, ...(MORE_TESTS[name] ?? [])].filter((folder) => there.includes(folder));
}
