import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { utf8 } from '@encryptech/base';
import { evaluate, parseSchema, readTable } from '@encryptech/learning';
import { createNodeEngine } from '@encryptech/learning/node';
import { packDataset } from '@encryptech/learning/sources';
import { newMlp, writeModel } from '@encryptech/onnx';
import { openResult } from '@encryptech/protocol';
import { afterEach, describe, expect, test } from 'vitest';
import { driveEnclave, openEnclave } from '../../test/enclave-driver.ts';
import { makeKit, makeStart, type KitOptions } from '../../test/job-kit.ts';
import { installRoot } from '../enclave-measurement.ts';

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const clean of cleanups.splice(0)) clean();
});

const SIDE = 8;
const COUNT = 500;
/** Picture i: noise, brighter in its left half where i is even. Every run draws the same. */
function pictureOf(i: number): Uint8Array {
  let state = i + 1;
  return Uint8Array.from({ length: SIDE * SIDE }, (_, at) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    const isBright = at % SIDE < SIDE / 2 === (i % 2 === 0);
    return (state >>> 26) + (isBright ? 140 : 60);
  });
}
const classes = { name: 'bright', type: 'category', values: ['left', 'right'] };
const pictures = {
  version: 1,
  name: 'pictures',
  columns: [{ name: 'picture', type: 'image', height: SIDE, width: SIDE, channels: 1 }, classes],
  target: { column: 'bright', task: 'classification' },
};
const perceptron = () =>
  writeModel(newMlp({ inputs: SIDE * SIDE, hidden: [], outputs: 2, activation: 'tanh', seed: utf8('formats') }));

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'encryptech-formats-'));
  cleanups.push(() => rmSync(folder, { recursive: true }));
  return folder;
}

function idxFiles() {
  const folder = temporaryFolder();
  const images = new Uint8Array(16 + COUNT * SIDE * SIDE);
  const labels = new Uint8Array(8 + COUNT);
  images.set([0, 0, 8, 3, 0, 0, COUNT >> 8, COUNT & 255, 0, 0, 0, SIDE, 0, 0, 0, SIDE]);
  labels.set([0, 0, 8, 1, 0, 0, COUNT >> 8, COUNT & 255]);
  for (let i = 0; i < COUNT; i++) {
    images.set(pictureOf(i), 16 + i * SIDE * SIDE);
    labels[8 + i] = i % 2;
  }
  writeFileSync(join(folder, 'images'), images);
  writeFileSync(join(folder, 'labels'), labels);
  return packDataset(join(folder, 'images'), parseSchema(pictures), { labels: join(folder, 'labels') });
}

function pngFolder() {
  const folder = temporaryFolder();
  for (const name of classes.values) mkdirSync(join(folder, name));
  for (let i = 0; i < COUNT; i++) {
    const side = classes.values[i % 2]!;
    const png = join(installRoot, `vectors/data/bright-${side}-${(i >> 1) % 2}.png`);
    copyFileSync(png, join(folder, side, `${i}.png`));
  }
  return packDataset(folder, parseSchema(pictures));
}

const texts = {
  version: 1,
  name: 'texts',
  columns: [
    { name: 'text', type: 'tokens', length: 9, vocabulary: 200 },
    { name: 'topic', type: 'category', values: ['weather', 'sport'] },
  ],
  target: { column: 'topic', task: 'classification' },
};

/** What the enclave makes of a job, and how good that is on the rows it was trained on. */
async function trained(options: KitOptions): Promise<{ accuracy: number; rows: number }> {
  const kit = await makeKit(options);
  const { folder, start } = makeStart(kit);
  const driver = driveEnclave(folder);
  cleanups.push(
    () => driver.kill(),
    () => rmSync(folder, { recursive: true }),
  );
  await openEnclave(driver, kit, start);
  const { body } = await driver.next('result');
  const sealed = new Uint8Array(
    'file' in body.sealed ? readFileSync(join(folder, body.sealed.file)) : body.sealed.bytes,
  );
  const { model } = await openResult({ secretKey: kit.resultKeys.secretKey, jobId: kit.jobId, bytes: sealed });
  const table = await readTable(kit.csv, parseSchema(kit.manifest.schema));
  const result = await evaluate(model, table, createNodeEngine());
  return { accuracy: (result as { accuracy: number }).accuracy, rows: result.rows };
}

describe('the enclave trains on what an owner publishes besides CSV', () => {
  test.each([
    ['IDX pictures', idxFiles],
    ['a folder of PNG files', pngFolder],
  ])('%s', async (_, pack) => {
    const { bytes } = await pack();
    expect(bytes.length).toBeGreaterThan(COUNT * SIDE * SIDE);
    const { accuracy, rows } = await trained({ csv: bytes, schema: pictures, graph: perceptron(), steps: 20 });
    expect(rows).toBe(COUNT);
    expect(accuracy).toBeGreaterThan(0.95);
  });

  test('lists of tokens in a Parquet file, with an embedding that PyTorch exported', async () => {
    const { bytes } = await packDataset(join(installRoot, 'vectors/data/texts.parquet'), parseSchema(texts));
    const graph = new Uint8Array(readFileSync(join(installRoot, 'vectors/pytorch/mean-embedding/model.onnx')));
    const { accuracy, rows } = await trained({ csv: bytes, schema: texts, graph, steps: 60, sigma: 0.8 });
    expect(rows).toBe(500);
    expect(accuracy).toBeGreaterThan(0.8);
  });
});

test('rows that were packed under another schema end the job, and the failure names nothing of them', async () => {
  const { bytes } = await idxFiles();
  const kit = await makeKit({ csv: bytes, schema: { ...pictures, name: 'other' }, graph: perceptron() });
  const { folder, start } = makeStart(kit);
  const driver = driveEnclave(folder);
  cleanups.push(
    () => driver.kill(),
    () => rmSync(folder, { recursive: true }),
  );
  await openEnclave(driver, kit, start);
  const { body } = await driver.next('failure');
  expect(body).toEqual({
    code: 'learning.foreignRows',
    message: 'The rows were packed under another schema.',
    hint: 'Publish the dataset again.',
    data: {},
    retry: 'never',
  });
});
