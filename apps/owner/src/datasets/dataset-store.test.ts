import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatasetId } from '@encryptech/base';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeKit } from '../../../provider/test/job-kit.ts';
import { createDatasetStore, type OwnedDataset } from './dataset-store.ts';

const folder = mkdtempSync(join(tmpdir(), 'datasets-'));
afterAll(() => rmSync(folder, { recursive: true }));
let dataset: OwnedDataset;
const store = () => createDatasetStore({ folder, passphrase: 'open sesame', insecureFastKdf: true });

beforeAll(async () => {
  const { order, manifest, policy, secret } = await makeKit({ steps: 2 });
  dataset = { id: order.datasetId as DatasetId, manifest, policy, secret };
  await store().put(dataset);
});

describe('createDatasetStore', () => {
  test('gives back what was put, under the passphrase only', async () => {
    expect(await store().ids()).toEqual([dataset.id]);
    expect(await store().get(dataset.id)).toEqual(dataset);
    const wrong = createDatasetStore({ folder, passphrase: 'open barley' });
    await expect(wrong.get(dataset.id)).rejects.toMatchObject({ code: 'sealing.wrongPassphrase' });
  });

  test('the secret is in no file in the clear, and each file has mode 0600', () => {
    const names = readdirSync(join(folder, dataset.id));
    expect(names.sort()).toEqual(['manifest.json', 'policy.json', 'secret.json']);
    for (const name of names) {
      const path = join(folder, dataset.id, name);
      expect(statSync(path).mode & 0o777).toBe(0o600);
      expect(readFileSync(path, 'utf8')).not.toContain(Buffer.from(dataset.secret).toString('hex'));
    }
  });

  test('a new policy replaces the old one', async () => {
    const policy = { ...dataset.policy, maxEpsilonPerJob: 1 };
    await store().put({ ...dataset, policy });
    expect((await store().get(dataset.id)).policy).toEqual(policy);
    await store().put(dataset);
  });

  test('a folder that a crash left without its secret is no dataset', async () => {
    const path = join(folder, dataset.id, 'secret.json');
    const secret = readFileSync(path);
    rmSync(path);
    expect(await store().ids()).toEqual([]);
    writeFileSync(path, secret, { mode: 0o600 });
    expect(await store().ids()).toEqual([dataset.id]);
  });

  test.each<[string, (dataset: OwnedDataset) => Partial<OwnedDataset>]>([
    ['an id that does not follow from owner and file', () => ({ id: `0x${'dd'.repeat(32)}` as DatasetId })],
    ['a policy for another dataset', ({ policy }) => ({ policy: { ...policy, dataset: `0x${'dd'.repeat(32)}` } })],
    ['a secret of the wrong length', () => ({ secret: new Uint8Array(31) })],
  ])('refuses %s', async (_, change) => {
    await expect(store().put({ ...dataset, ...change(dataset) })).rejects.toMatchObject({ code: 'owner.badDataset' });
  });
});
