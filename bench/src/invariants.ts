import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, copyContracts } from './contracts-copy.ts';
import type { Figure } from './figure.ts';
import { keepProgress } from './keep-progress.ts';
import { buildRelease, runForge } from './run-forge.ts';

/** Stateful calls over all invariants together. `ENCRYPTECH_CALLS` asks for another number. */
const CALLS = Number(process.env['ENCRYPTECH_CALLS'] ?? 1_000_000);
/** Ended campaigns are written to this file and not run again, as long as the contracts stay the same. */
const PROGRESS = process.env['ENCRYPTECH_PROGRESS'] ?? '';
/** Calls in one campaign: what an interruption can cost. */
const CAMPAIGN = 25_000;
/** Long sequences, and short ones that begin anew more often. */
const DEPTHS = [250, 1_000];
/** Everything is checked after each such number of calls, and after the last one: sums that broke stay broken. */
const CHECK_INTERVAL = 25;
const TESTS = 'contracts/test/invariants/*.t.sol';

interface Campaign {
  /** `Contract.invariant`. */
  test: string;
  depth: number;
  runs: number;
  /** Another sequence of calls than the one of the tests, and of each other campaign. */
  seed: string;
}

interface Outcome {
  calls: number;
  /** Invariants that broke. */
  failures: number;
  seconds: number;
}

/**
 * The invariants of the economy under a long run: the handlers of contracts/test/invariants on release bytecode, in a copy
 * of the tree without the short run counts that the tests carry. Campaigns run one after the other, each with its own seed.
 */
export async function invariants(): Promise<Figure[]> {
  const copy = copyContracts({
    change: (path, text) =>
      path.startsWith('contracts/test/invariants/')
        ? text.replaceAll(/^\s*\/\/\/ forge-config: default\.invariant\..*\n/gm, '')
        : text,
  });
  try {
    await buildRelease(copy.folder);
    const names = await namesIn(copy.folder);
    const campaigns = campaignsOf(names);
    const ended = keepProgress<Outcome>(PROGRESS);
    const digest = digestOf(copy.folder);
    const outcomes: Outcome[] = [];
    for (const [index, campaign] of campaigns.entries()) {
      const key = JSON.stringify([digest, campaign]);
      const outcome = ended.find(key) ?? (await run(campaign, copy.folder));
      ended.add(key, outcome);
      outcomes.push(outcome);
      const { calls, failures } = sumOf(outcomes);
      process.stderr.write(
        `campaign ${index + 1} of ${campaigns.length}, ${campaign.test} ${campaign.depth} deep: ` +
          `${calls} calls so far, ${failures} violations, ${(outcome.calls / outcome.seconds).toFixed(0)} calls/s\n`,
      );
    }
    return figuresOf(sumOf(outcomes), campaigns, names);
  } finally {
    copy.remove();
  }
}

function campaignsOf(names: readonly string[]): Campaign[] {
  const each = Math.ceil(CALLS / names.length / CAMPAIGN);
  const size = Math.min(CAMPAIGN, Math.ceil(CALLS / names.length));
  return Array.from({ length: each }, (_, round) =>
    names.map((test, place) => {
      const depth = DEPTHS[round % DEPTHS.length]!;
      const seed = `0x6c6f6e67${(round * names.length + place).toString(16).padStart(4, '0')}`;
      return { test, depth, runs: Math.ceil(size / depth), seed };
    }),
  ).flat();
}

async function run({ test, depth, runs, seed }: Campaign, cwd: string): Promise<Outcome> {
  const [contract = '', name = ''] = test.split('.');
  const args = ['test', '--match-path', TESTS, '--match-contract', `^${contract}$`, '--match-test', `^${name}\\(`];
  const { text, ok, seconds } = await runForge([...args, '--fuzz-seed', seed], {
    cwd,
    env: {
      ...LONG,
      ...{ CONTRACTS_OUT: 'contracts/out-release', FOUNDRY_INVARIANT_RUNS: String(runs) },
      ...{ FOUNDRY_INVARIANT_DEPTH: String(depth), FOUNDRY_INVARIANT_CHECK_INTERVAL: String(CHECK_INTERVAL) },
      FOUNDRY_INVARIANT_SHOW_METRICS: 'false',
    },
  });
  // A failure prints its sequence between its name and its counts.
  const failures = [...text.matchAll(/^\[FAIL/gm)].length;
  const calls = [...text.matchAll(/\(runs: \d+, calls: (\d+), reverts: \d+\)/g)];
  if (calls.length === 0 && failures === 0) throw new Error(`${test} did not run:\n${text.slice(-4_000)}`);
  if (failures > 0 || !ok) process.stderr.write(text.slice(-8_000));
  return {
    calls: calls.reduce((total, [, count]) => total + Number(count), 0),
    failures: Math.max(failures, ok ? 0 : 1),
    seconds,
  };
}

const sumOf = (outcomes: readonly Outcome[]): Outcome =>
  outcomes.reduce(
    (sum, { calls, failures, seconds }) => ({
      calls: sum.calls + calls,
      failures: sum.failures + failures,
      seconds: sum.seconds + seconds,
    }),
    { calls: 0, failures: 0, seconds: 0 },
  );

function figuresOf(sum: Outcome, campaigns: readonly Campaign[], names: readonly string[]): Figure[] {
  const settings = {
    ...{ campaigns: campaigns.length, depths: DEPTHS.join(' '), checkInterval: CHECK_INTERVAL, bytecode: 'release' },
    invariants: names.join(' '),
  };
  return [
    {
      ...{ name: 'stateful calls', figure: sum.calls, unit: 'calls', goal: `>= ${CALLS}`, holds: sum.calls >= CALLS },
      settings,
    },
    { name: 'violations', figure: sum.failures, unit: '', goal: '0', holds: sum.failures === 0, settings },
    { name: 'rate', figure: sum.calls / sum.seconds, unit: 'calls/s', goal: null, holds: null, settings },
  ];
}

/** Of every source that a campaign runs. */
function digestOf(folder: string): string {
  const hash = createHash('sha256');
  const paths = ['contracts/src', 'contracts/test'].flatMap((part) =>
    readdirSync(join(folder, part), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.sol'))
      .map((path) => join(part, path)),
  );
  for (const path of paths.sort())
    hash
      .update(path)
      .update('\0')
      .update(readFileSync(join(folder, path)));
  return hash.digest('hex').slice(0, 16);
}

/** Handlers run optimised too: most of a call is theirs. */
const LONG = { FOUNDRY_OPTIMIZER: 'true', FOUNDRY_DENY: 'never' };

/** `Contract.invariant` of each. */
async function namesIn(cwd: string): Promise<string[]> {
  const args = ['test', '--match-path', TESTS, '--match-test', '^invariant', '--list', '--json'];
  const list = await runForge(args, { cwd, env: LONG });
  const json = list.text.slice(list.text.indexOf('{"'));
  if (!list.ok || json === '') throw new Error(`The invariants in ${ROOT} do not compile:\n${list.text.slice(-4_000)}`);
  const files = JSON.parse(json.split('\n')[0] ?? '{}') as Record<string, Record<string, string[]>>;
  return Object.values(files).flatMap((contracts) =>
    Object.entries(contracts).flatMap(([contract, tests]) => tests.map((test) => `${contract}.${test}`)),
  );
}
