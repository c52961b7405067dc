import { ROOT, copyContracts } from './contracts-copy.ts';
import type { Figure } from './figure.ts';
import { buildRelease, runForge } from './run-forge.ts';

/** Stateful calls over all invariants together. `ENCRYPTECH_CALLS` asks for another number. */
const CALLS = Number(process.env['ENCRYPTECH_CALLS'] ?? 1_000_000);
const DEPTH = 250;
/** Everything is checked after each such number of calls, and after the last one: sums that broke stay broken. */
const CHECK_INTERVAL = 25;
const TESTS = 'contracts/test/invariants/*.t.sol';
/** Another sequence of calls than the one of the tests. */
const SEED = '0x6c6f6e67';

/**
 * The invariants of the economy under a long run: the handlers of contracts/test/invariants on release bytecode, in a copy
 * of the tree without the short run counts that the tests carry.
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
    const runs = Math.ceil(CALLS / names.length / DEPTH);
    const run = await runForge(['test', '--match-path', TESTS, '--match-test', '^invariant', '--fuzz-seed', SEED], {
      cwd: copy.folder,
      env: {
        ...{ CONTRACTS_OUT: 'contracts/out-release', FOUNDRY_INVARIANT_RUNS: String(runs) },
        ...{ FOUNDRY_INVARIANT_DEPTH: String(DEPTH), FOUNDRY_INVARIANT_CHECK_INTERVAL: String(CHECK_INTERVAL) },
        FOUNDRY_INVARIANT_SHOW_METRICS: 'false',
      },
    });
    const found = [...run.text.matchAll(/^\[(PASS|FAIL)[^\n]*\] (invariant\w+)\(\) \(runs: \d+, calls: (\d+)/gm)];
    // A failure prints its sequence between its name and its counts.
    const failures = [...run.text.matchAll(/^\[FAIL/gm)].length;
    const calls = [...run.text.matchAll(/\(runs: \d+, calls: (\d+), reverts: \d+\)/g)];
    const sum = calls.reduce((total, [, count]) => total + Number(count), 0);
    if (found.length === 0 && failures === 0) throw new Error(`No invariant ran:\n${run.text.slice(-4_000)}`);
    if (failures > 0) process.stderr.write(run.text.slice(-8_000));
    const settings = {
      ...{ depth: DEPTH, runs, checkInterval: CHECK_INTERVAL, seed: SEED, bytecode: 'release' },
      invariants: names.join(' '),
    };
    return [
      {
        ...{ name: 'stateful calls', figure: sum, unit: 'calls', goal: `>= ${CALLS}`, holds: sum >= CALLS },
        settings,
      },
      {
        ...{ name: 'violations', figure: failures, unit: '', goal: '0', holds: failures === 0 && run.ok },
        settings,
      },
      { name: 'rate', figure: sum / run.seconds, unit: 'calls/s', goal: null, holds: null, settings },
    ];
  } finally {
    copy.remove();
  }
}

/** `Contract.invariant` of each. */
async function namesIn(cwd: string): Promise<string[]> {
  const list = await runForge(['test', '--match-path', TESTS, '--match-test', '^invariant', '--list', '--json'], {
    cwd,
  });
  const json = list.text.slice(list.text.indexOf('{"'));
  if (!list.ok || json === '') throw new Error(`The invariants in ${ROOT} do not compile:\n${list.text.slice(-4_000)}`);
  const files = JSON.parse(json.split('\n')[0] ?? '{}') as Record<string, Record<string, string[]>>;
  return Object.values(files).flatMap((contracts) =>
    Object.entries(contracts).flatMap(([contract, tests]) => tests.map((test) => `${contract}.${test}`)),
  );
}
