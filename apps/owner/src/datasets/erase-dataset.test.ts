import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatasetId } from '@encryptech/base';
import { afterAll, expect, test } from 'vitest';
import { makeKit } from '../../../provider/test/job-kit.ts';
import { createDatasetStore } from './dataset-store.ts';
import { eraseDataset, erasureDigest, erasureStatement } from './erase-dataset.ts';

const folder = mkdtempSync(join(tmpdir(), 'erase-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('an erased dataset has no key any more, only the statement that the chain has the digest of', async () => {
  const { order, manifest, policy, secret } = await makeKit();
  const id = order.datasetId as DatasetId;
  const store = createDatasetStore({ folder, passphrase: 'open', insecureFastKdf: true });
  await store.put({ id, manifest, policy, secret });
  const statement = erasureStatement(id, 1_760_000_000);
  await eraseDataset(folder, statement);
  expect(existsSync(join(folder, id, 'secret.json'))).toBe(false);
  expect(await store.ids()).toEqual([]);
  await expect(store.get(id)).rejects.toMatchObject({ code: 'sdk.noFile' });
  expect(JSON.parse(readFileSync(join(folder, id, 'erasure.json'), 'utf8'))).toEqual(statement);
  expect(erasureDigest(statement)).not.toBe(manifest.policyDigest);
  await expect(eraseDataset(folder, statement)).rejects.toMatchObject({ code: 'owner.badDataset' });
});
