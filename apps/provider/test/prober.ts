// Run as an enclave worker by launch-enclave.test.ts: does what each line tells it and answers how that went.
import { spawnSync } from 'node:child_process';
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { createInterface } from 'node:readline';
import type * as Base from '@encryptech/base';
import type * as Learning from '@encryptech/learning';
import type * as NodeEngine from '@encryptech/learning/node';
import type * as Onnx from '@encryptech/onnx';
import type * as Privacy from '@encryptech/privacy';

const attempts: Record<string, (argument: string) => unknown> = {
  read: (path) => readFileSync(path, 'utf8'),
  write: (path) => writeFileSync(path, 'written'),
  link: (path) => symlinkSync(path, 'link'),
  spawn: (command) => spawnSync(command).status,
  thread: (path) => new Promise((resolve, reject) => new Worker(path).once('message', resolve).once('error', reject)),
  train: async (argument) => {
    const { packages, threads } = JSON.parse(argument) as { packages: string; threads: number };
    const path = (name: string, file = 'index.ts') => `${packages}/${name}/src/${file}`;
    const { newWaveletCnn, trainPrivately } = (await import(path('learning'))) as typeof Learning;
    const { createNodeEngine } = (await import(path('learning', 'node.ts'))) as typeof NodeEngine;
    const { createPlan } = (await import(path('privacy'))) as typeof Privacy;
    const { writeModel } = (await import(path('onnx'))) as typeof Onnx;
    const { digestOf } = (await import(path('base'))) as typeof Base;
    const rows = 160;
    const plan = createPlan({
      ...{ adjacency: 'add-or-remove-one', unit: 'row', clipNorm: 1, noiseMultiplier: 1, samplingRate: 0.75 },
      ...{ steps: 2, deltaExponent: 5, accountant: 'rdp' },
    });
    const { model } = await trainPrivately({
      job: {
        graph: writeModel(newWaveletCnn({ height: 16, width: 16, outputs: 3, seed: Uint8Array.of(1) })),
        ...{
          loss: 'softmax-cross-entropy',
          plan: plan.toJSON(),
          expectedBatch: 120,
          microBatch: 128,
          checkpointEvery: 2,
        },
        optimiser: { kind: 'sgd', learningRate: 0.1, momentum: 0, averaging: { kind: 'none' } },
      },
      table: {
        ...{ width: 256, rows, task: 'classification', outputs: 3, targetScale: 1, unit: 'row', clipped: {} },
        features: Float32Array.from({ length: rows * 256 }, (_, i) => Math.abs(Math.sin(i * i))),
        targets: BigInt64Array.from({ length: rows }, (_, i) => BigInt(i % 3)),
        units: Array.from({ length: rows }, (_, i) => [i]),
      },
      engine: createNodeEngine({ threads, exact: true }),
      root: new Uint8Array(32).fill(1),
    });
    return digestOf(model);
  },
  evaluate: (code) => new Function(code)() as unknown,
  environment: () => Object.keys(process.env).join(','),
  argv: () => process.execArgv.join(' '),
  load: async (name) => Object.keys((await import(name)) as object).length > 0,
  fill: () => {
    const held: Uint8Array[] = [];
    for (;;) held.push(new Uint8Array(16 * 1024 * 1024).fill(1));
  },
  shout: () => process.stderr.write('x'.repeat(100_000)),
};

for await (const line of createInterface({ input: process.stdin })) {
  const [name, argument] = JSON.parse(line) as [string, string];
  let answer: unknown;
  try {
    answer = await attempts[name]!(argument);
  } catch (error) {
    answer = (error as { code?: string }).code ?? (error as Error).name;
  }
  process.stdout.write(`${String(answer)}\n`);
}
