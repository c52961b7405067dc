import { join } from 'node:path';
import { readFile } from 'node:fs/promises';
import { expect } from 'vitest';
import type { JobId } from '@encryptech/base';
import { jobState, type ChainClient } from '@encryptech/chain';
import type { TrainingSpec } from '@encryptech/protocol';
import type { PublishedDataset } from './published-dataset.ts';
import type { TestNetwork } from './test-network.ts';
import { until } from './until.ts';

export const SLOW_STEPS = 200;
const DURATION_SEC = 900;

/** Orders a training that takes long enough to be disturbed: two hidden layers of 512, 200 steps, a checkpoint each 10. */
export async function submitSlowJob(network: TestNetwork, { datasetId }: PublishedDataset): Promise<JobId> {
  const made = await network.encryptech(
    ...['model', 'new', 'mlp', '--inputs', '30', '--hidden', '512,512', '--outputs', '2', '--seed', '5a'.repeat(32)],
    ...['--out', 'slow.onnx', '--force', '--json'],
  );
  expect(made.code, made.out).toBe(0);
  const submitted = await network.encryptech(
    ...['job', 'submit', 'slow.onnx', '--dataset', datasetId, '--epsilon', '2', '--steps', String(SLOW_STEPS)],
    ...['--checkpoint-every', '10', '--duration', String(DURATION_SEC), '--yes', '--json'],
  );
  expect(submitted.code, submitted.out).toBe(0);
  return submitted.json<{ jobId: JobId }>().jobId;
}

/** The documents of an order as the developer keeps them. */
export async function keptOrder(
  { home }: Pick<TestNetwork, 'home'>,
  jobId: JobId,
): Promise<{ graph: Uint8Array; spec: TrainingSpec }> {
  const folder = join(home.personDir('developer', 'developer'), 'jobs', jobId);
  const { spec } = JSON.parse(await readFile(join(folder, 'order.json'), 'utf8')) as { spec: TrainingSpec };
  return { graph: new Uint8Array(await readFile(join(folder, 'graph.onnx'))), spec };
}

/** Resolves when the job on chain is in one of these states, with what the chain says. */
export const untilState = (client: ChainClient, jobId: JobId, ...states: string[]) =>
  until(
    `the job to be ${states.join(' or ')}`,
    async () => {
      const job = await jobState(client, jobId);
      return states.includes(job.state) ? job : undefined;
    },
    { timeoutMs: 300_000 },
  );

/** Resolves when a checkpoint of at least that step is on chain, with what the chain says. */
export const untilCheckpoint = (client: ChainClient, jobId: JobId, step: number) =>
  until(
    `a checkpoint of step ${step}`,
    async () => {
      const job = await jobState(client, jobId);
      return job.checkpointStep >= step ? job : undefined;
    },
    { timeoutMs: 300_000 },
  );
