import { readFile } from 'node:fs/promises';
import { readModel } from '@encryptech/onnx';
import { Tensor } from 'onnxruntime-common';
import { describe, expect, test } from 'vitest';
import { createNodeEngine } from '../src/engine/create-node-engine.ts';
import { pipelineChecks, type PipelineCheck } from './pipeline-checks.ts';
import { bugged, withBug, type PlantedBug } from './planted-bug.ts';
import { plantedBugs } from './planted-bugs.ts';

const engine = createNodeEngine();
const all = Object.keys(pipelineChecks) as PipelineCheck[];

const byHand = ['sums of clipped gradients, by hand', 'a row that is not a number counts nothing'] as const;
const noiseSize = 'noise of the announced size, in a step without rows';
const freshNoise = 'fresh noise in every step';
const batches = 'batches of the announced mean and of binomial spread';
const sampledAudit = 'audit in one run, of sampled rows';
const fullAudit = 'audit in one run, of every row in every step';

/** By which checks each bug is caught: by these, and by no other. */
const caughtBy: Readonly<Record<string, readonly PipelineCheck[]>> = {
  'mean instead of sum': byHand,
  'no noise': [noiseSize, freshNoise, sampledAudit, fullAudit],
  'half noise': [noiseSize, fullAudit],
  'wrong q': [batches, sampledAudit],
  'shuffled batches': [batches],
  NaN: ['a row that is not a number counts nothing'],
  'microbatch clipping': byHand,
  'clip off by a factor': [...byHand, fullAudit],
  'reused noise': [freshNoise],
  'noise before clipping': [...byHand, noiseSize, freshNoise],
  'accounting one step short': ['every step is charged'],
};
/** Bugs that the audit of sampled rows finds under about every other root: it is neither asked for them nor held against them. */
const isChance: Readonly<Record<string, PipelineCheck>> = {
  'half noise': sampledAudit,
  'clip off by a factor': sampledAudit,
};
/** A bug that makes a graph call for each row: the checks of few rows are enough for it. */
const slow: Readonly<Record<string, readonly PipelineCheck[]>> = {
  'noise before clipping': [...byHand, noiseSize, freshNoise],
};

/** The checks that fail with the bug. */
async function failing(bug: PlantedBug, checks: readonly PipelineCheck[]): Promise<PipelineCheck[]> {
  const failed: PipelineCheck[] = [];
  for (const name of checks) {
    const isFine = await withBug(bug, () => pipelineChecks[name](bugged(engine, bug))).then(
      () => true,
      () => false,
    );
    if (!isFine) failed.push(name);
  }
  return failed;
}

describe('planted bugs', () => {
  test('control: the pipeline as it is passes every check, and the audits don’t flag it', async () => {
    for (const check of Object.values(pipelineChecks)) await check(engine);
  });

  test.each(plantedBugs.map((bug) => [bug.name, bug] as const))('%s: caught', async (name, bug) => {
    const checks = (slow[name] ?? all).filter((check) => check !== isChance[name]);
    expect(await failing(bug, checks)).toEqual(all.filter((check) => caughtBy[name]!.includes(check)));
  });

  test('batch norm: refused before anything is drawn, since a row’s output follows from the other rows', async () => {
    await pipelineChecks['a model that mixes the batch is refused'](engine);
    const folder = new URL('../../../vectors/pytorch/batch-centred/', import.meta.url);
    const { input } = JSON.parse(await readFile(new URL('case.json', folder), 'utf8')) as { input: { data: number[] } };
    const model = new Uint8Array(await readFile(new URL('model.onnx', folder)));
    const { inputs, outputs } = readModel(model);
    const session = await engine.open(model);
    const firstRow = async (second: number[]) => {
      const rows = Float32Array.from([...input.data.slice(0, 30), ...second]);
      const tensors = { [inputs[0]!.name]: new Tensor('float32', rows, [2, 30]) };
      const found = await session.run(tensors, [outputs[0]!.name]);
      return (found[outputs[0]!.name]!.data as Float32Array)[0]!;
    };
    const [one, other] = [await firstRow(input.data.slice(30, 60)), await firstRow(input.data.slice(60, 90))];
    await session.close();
    expect(Math.abs(one - other)).toBeGreaterThan(1e-3);
  });

  test('there are twelve', () => {
    expect(plantedBugs.length + 1).toBe(12);
    expect(Object.keys(caughtBy)).toEqual(plantedBugs.map(({ name }) => name));
  });
});
