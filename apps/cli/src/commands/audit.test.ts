import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { commandLine, type CommandLine, type PrintedError } from '../../../../test/network/command-line.ts';

const fixture = (name: string): string => fileURLToPath(new URL(`../../../../fixtures/wdbc/${name}`, import.meta.url));
const DATA = ['--data', fixture('wdbc.csv'), '--schema', fixture('schema.json')];

let folder: string;
let encryptech: CommandLine;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'encryptech-audit-'));
  encryptech = commandLine(folder);
  const made = await encryptech('model', 'new', 'mlp', '--inputs', '30', '--hidden', '8', '--outputs', '2');
  expect(made.code).toBe(0);
});
afterAll(() => rm(folder, { recursive: true }));

interface Findings {
  verdict: string;
  epsilon: number;
  gaussianEpsilon: number;
  claimed: { epsilon: number };
  canaries: number;
  confidence: number;
  membership: { auc: number };
}

test('audit model: a lower bound under the claimed epsilon, and what that says', async () => {
  const json = await encryptech('audit', 'model', 'model.onnx', ...DATA, '--epsilon', '4', '--steps', '12', '--json');
  expect(json.code).toBe(0);
  const found = json.json<Findings>();
  expect(found).toMatchObject({ verdict: 'consistent', canaries: 2000, confidence: 0.95, claimed: { epsilon: 4 } });
  expect(found.gaussianEpsilon).toBeGreaterThan(0.8);
  expect(found.gaussianEpsilon).toBeLessThan(4);
  expect(found.membership.auc).toBeGreaterThan(0.65);

  const text = await encryptech('audit', 'model', 'model.onnx', ...DATA, '--steps', '5', '--canaries', '300');
  expect(text.out).toMatch(/claimed +epsilon 3 at delta 0.00001/);
  expect(text.out).toContain('CONSISTENT');
  expect(text.out).toContain('What it can’t: that it is kept.');
  expect(text.err).toMatch(/step 5\/5, \d+ examples\/s, epsilon so far 3.00, 0 s left/);
});

test('audit model --attack loss: held-out rows, and a plan from a file', async () => {
  const plan = await encryptech(
    ...['privacy', 'plan', '--epsilon', '3', '--delta-exponent', '5', '--q', '0.5', '--steps', '10', '--json'],
  );
  await writeFile(join(folder, 'plan.json'), plan.out);
  const found = await encryptech(
    'audit',
    'model',
    'model.onnx',
    ...DATA,
    '--plan',
    'plan.json',
    '--attack',
    'loss',
    '--json',
  );
  expect(found.json<Findings>()).toMatchObject({ verdict: 'consistent', canaries: 284, claimed: { epsilon: 3 } });
});

test('audit model audits the training as it will be ordered: its clipping, noise, optimiser and what trains', async () => {
  const audit = async (...options: string[]) =>
    (
      await encryptech(
        ...['audit', 'model', 'model.onnx', ...DATA, '--steps', '8', '--canaries', '200', '--json'],
        ...options,
      )
    ).json<Findings & { plan: Record<string, unknown> }>();
  const correlated = await audit('--clipping', 'per-layer', '--noise-bands', '4');
  expect(correlated).toMatchObject({ verdict: 'consistent' });
  expect(correlated.plan).toMatchObject({
    ...{ clipping: { kind: 'per-layer' }, correlation: { order: 'cyclic-poisson', bands: 4 }, samplingRate: 0.25 },
  });
  const ordinary = ['--attack', 'loss', '--optimiser', 'adam', '--trainable', 'last:1', '--augment', 'jitter:0.1'];
  expect(await audit(...ordinary, '--copies', '2')).toMatchObject({ verdict: 'consistent' });
  expect(await audit('--optimiser', 'adam', '--momentum', '0.5')).toMatchObject({ code: 'sdk.badOption' });
});

test.each<[string, string[], string]>([
  ['a confidence of 1', ['--confidence', '1'], '--confidence'],
  ['no schema file', ['--schema', 'none.json'], 'none.json'],
  ['too few canaries', ['--canaries', '3'], 'canaries'],
])('refuses %s', async (_, extra, place) => {
  const { code, out } = await encryptech('audit', 'model', 'model.onnx', ...DATA, ...extra, '--json');
  expect(code).toBe(2);
  expect((JSON.parse(out) as PrintedError).place).toContain(place);
});
