import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { evaluate, parseSchema, readCsv, splitCsv } from '@encryptech/learning';
import { createNodeEngine } from '@encryptech/learning/node';
import { createSearch, type PrivacyPlanJson, type RunCount } from '@encryptech/privacy';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { commandLine, type CommandLine, type PrintedError } from '../../../../test/network/command-line.ts';
import { recordingTerminal } from '../../test/recording-terminal.ts';
import { run } from '../run.ts';

const WDBC = join(import.meta.dirname, '../../../../fixtures/wdbc');
const SCHEMA = join(WDBC, 'schema.json');
const DATA = ['--data', 'own.csv', '--schema', SCHEMA, '--nominal-rows', '450'];
const GRID = ['--try', 'learning-rate=0.5,1', '--try', 'clip-norm=0.1,0.3', '--steps', '30'];

let folder: string;
let encryptech: CommandLine;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'encryptech-search-'));
  encryptech = commandLine(folder);
  const { train, test: rest } = await splitCsv(await readFile(join(WDBC, 'wdbc.csv')), { seed: 's', testShare: 0.2 });
  await writeFile(join(folder, 'own.csv'), train);
  await writeFile(join(folder, 'rest.csv'), rest);
  await writeFile(join(folder, 'pass'), 'a passphrase for tests\n', { mode: 0o600 });
  expect((await encryptech('model', 'new', 'mlp', '--inputs', '30', '--outputs', '2')).code).toBe(0);
});
afterAll(() => rm(folder, { recursive: true }));

interface Found {
  epsilon: number;
  delta: number;
  charge: { rdpLow: string; rdpHigh: string };
  runs: RunCount;
  heldOut: { share: number; noiseMultiplier: number; expectedUnits: number } | null;
  candidates: { model?: string; settings: Record<string, string>; plan: PrivacyPlanJson }[];
  file: string;
  found: { model?: string; settings: Record<string, string> } | null;
  score: number | null;
}

const accuracyOnRest = async (file: string): Promise<number> => {
  const schema = parseSchema(await readFile(SCHEMA, 'utf8'));
  const rest = await readCsv(await readFile(join(folder, 'rest.csv')), schema);
  const found = await evaluate(new Uint8Array(await readFile(file)), rest, createNodeEngine());
  return 'accuracy' in found ? found.accuracy : 0;
};

test('--dry-run says what is tried and what all of it costs, in sentences and in JSON, and trains nothing', async () => {
  const { code, out } = await encryptech('model', 'search', 'model.onnx', ...DATA, ...GRID, '--dry-run');
  expect(code).toBe(0);
  expect(out).toContain('The search is over 4 settings:');
  expect(out).toContain('learning-rate 0.5, clip-norm 0.3: 30 steps at rate 1');
  expect(out).toContain('All of it together costs epsilon 3 at delta 0.00001 under add-or-remove-one');
  expect(out).toContain('How many runs there were and how long they took must not');
  const plan = (
    await encryptech('model', 'search', 'model.onnx', ...DATA, ...GRID, '--dry-run', '--json')
  ).json<Found>();
  expect(plan).toMatchObject({ delta: 1e-5, runs: { kind: 'poisson', mean: 10 } });
  expect(plan.heldOut).toMatchObject({ share: 0.2, expectedUnits: 90 });
  // Whoever has the JSON can compute the price again.
  const again = createSearch(
    plan.candidates.map((candidate) => candidate.plan),
    plan.runs,
    plan.heldOut!.noiseMultiplier,
  );
  expect(plan.epsilon).toBe(again.epsilon);
  expect(plan.charge).toEqual({ rdpLow: again.charge.rdpLow.toString(), rdpHigh: again.charge.rdpHigh.toString() });
  expect(plan.epsilon).toBeLessThanOrEqual(3);
  await expect(stat(join(folder, 'found.onnx'))).rejects.toThrow();
});

test('finds a model that is good on rows it never saw, shows the owner each run, and nobody how many', async () => {
  const { code, out, err, json } = await encryptech('model', 'search', 'model.onnx', ...DATA, ...GRID, '--json');
  expect(code, out + err).toBe(0);
  const found = json<Found>();
  expect(await accuracyOnRest(found.file)).toBeGreaterThan(0.88);
  expect(found.candidates.map(({ settings }) => settings)).toContainEqual(found.found!.settings);
  expect(Math.abs(found.score! - 0.93)).toBeLessThan(0.25);
  const runs = Number(/run 1 of (\d+)/.exec(err)![1]);
  expect(err).toContain(`run ${runs} of ${runs}: learning-rate`);
  expect(err).toMatch(/step 30\/30, \d+ examples\/s, epsilon of this run so far \d\.\d\d, 0 s left/);
  expect(Object.keys(found)).not.toContain('tried');
  expect((found.runs as { mean: number }).mean).toBe(10);
});

test('several models, scores on rows of one’s own, which cost nothing', async () => {
  const made = await encryptech(
    ...['model', 'new', 'mlp', '--inputs', '30', '--hidden', '4', '--outputs', '2', '--out', 'deep.onnx'],
  );
  expect(made.code).toBe(0);
  await writeFile(join(folder, 'grid.json'), '{"optimiser": "adam", "learning-rate": [0.02, 0.05]}');
  const found = await encryptech(
    ...['model', 'search', 'model.onnx', 'deep.onnx', ...DATA, '--settings', 'grid.json', '--steps', '20'],
    ...[
      '--score-data',
      'rest.csv',
      '--tuning',
      'negative-binomial',
      '--mean-runs',
      '3',
      '--out',
      'results/two.onnx',
      '--json',
    ],
  );
  expect(found.code, found.out + found.err).toBe(0);
  const { heldOut, candidates, found: best, score, file } = found.json<Found>();
  expect(heldOut).toBeNull();
  expect(candidates.map(({ model }) => model)).toEqual(['model.onnx', 'model.onnx', 'deep.onnx', 'deep.onnx']);
  expect(best!.model).toMatch(/^(model|deep)\.onnx$/);
  expect(score).toBe(await accuracyOnRest(file));
});

test('interrupted, it goes on from its state file to the same end; the file is private and goes when all is done', async () => {
  const env = { ENCRYPTECH_PASSPHRASE_FILE: join(folder, 'pass') };
  const search = [
    'model',
    'search',
    'model.onnx',
    ...DATA,
    ...GRID,
    '--tuning',
    'negative-binomial',
    '--mean-runs',
    '8',
  ];
  const state = join(folder, 'search.state');
  const stop = new AbortController();
  let steps = 0;
  const terminal = recordingTerminal({ cwd: folder, env, signal: stop.signal });
  const interrupted = await run([...search, '--out', 'kept.onnx', '--state', 'search.state'], {
    ...terminal,
    err: (text) => {
      terminal.err(text);
      if (text.includes('step ') && ++steps === 6) stop.abort();
    },
  });
  expect(interrupted).toBe(130);
  expect(terminal.written.err.join('')).toContain('The same command goes on from search.state');
  expect((await stat(state)).mode & 0o777).toBe(0o600);
  const kept = await readFile(state, 'utf8');
  expect(JSON.parse(kept)).toMatchObject({ version: 1, checkpoint: expect.any(String) as string });

  const shell = commandLine(folder, env);
  const other = await shell(...search, '--epsilon', '2', '--out', 'kept.onnx', '--state', 'search.state', '--json');
  expect(other.json<PrintedError>()).toMatchObject({ code: 'learning.foreignCheckpoint' });
  const unlocked = await commandLine(folder)(...search, '--out', 'kept.onnx', '--state', 'search.state', '--json');
  expect(unlocked.json<PrintedError>()).toMatchObject({ code: 'sdk.noPassphrase' });

  const one = await shell(...search, '--out', 'kept.onnx', '--state', 'search.state', '--json');
  expect(one.code, one.out + one.err).toBe(0);
  await expect(stat(state)).rejects.toThrow();
  await writeFile(state, kept, { mode: 0o600 });
  const two = await shell(...search, '--out', 'again.onnx', '--state', 'search.state', '--json');
  expect(await readFile(join(folder, 'again.onnx'))).toEqual(await readFile(join(folder, 'kept.onnx')));
  expect(two.json<Found>().score).toBe(one.json<Found>().score);
});

test('by chance nothing is tried: no model, the same price, exit 2', async () => {
  for (let i = 0; i < 40; i++) {
    const { code, json } = await encryptech(
      ...[
        'model',
        'search',
        'model.onnx',
        ...DATA,
        '--steps',
        '1',
        '--mean-runs',
        '1',
        '--out',
        `chance-${i}.onnx`,
        '--json',
      ],
    );
    if (json<Found>().found !== null) continue;
    expect(code).toBe(2);
    expect(json<Found>()).toMatchObject({ file: null, score: null });
    expect(json<Found>().epsilon).toBeGreaterThan(2.9);
    return;
  }
  // 0.63^40: once in a hundred million.
  expect.unreachable();
});

test.each<[string, string[], string]>([
  ['a setting that no training has', ['--try', 'epsilon=1,2'], '--try'],
  ['a value that is none', ['--try', 'optimiser=lion'], '--try'],
  ['a setting that its optimiser has not', ['--try', 'beta1=0.9'], 'beta1'],
  ['scores on the rows that are trained on', ['--score-data', './own.csv'], '--score-data'],
  ['a share of everything', ['--hold-out', '1'], '--hold-out'],
  ['a file that is there', ['--out', 'model.onnx'], 'model.onnx'],
])('refuses %s', async (_, extra, place) => {
  const { code, json } = await encryptech(
    ...['model', 'search', 'model.onnx', ...DATA, '--out', 'none.onnx', ...extra, '--json'],
  );
  expect(code).toBe(2);
  expect(json<PrintedError>().place).toContain(place);
});
