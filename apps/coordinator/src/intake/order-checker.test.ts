import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { digestOf } from '@encryptech/base';
import { createFolderBlobStore } from '@encryptech/protocol/node';
import { zeroAddress, zeroHash } from 'viem';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { GRAPH, PLAN, specOf, UNITS } from '../../test/job-documents.ts';
import { createOrderChecker } from './order-checker.ts';

const folder = mkdtempSync(join(tmpdir(), 'encryptech-checker-'));
const blobs = createFolderBlobStore({ folder });
beforeAll(() => blobs.put(GRAPH));
afterAll(() => rmSync(folder, { recursive: true }));

const spec = specOf(zeroHash);
const order = {
  ...{ developer: zeroAddress, datasetId: zeroHash, graphDigest: digestOf(GRAPH), specDigest: zeroHash },
  ...{ resultKey: zeroHash, units: UNITS, steps: 40, durationSec: 600, maxRate: 1n, maxDatasetFee: 1n, minLevel: 0 },
  ...{ kind: 0, minReputationBps: 0, minSpeed: 0n, ...PLAN.charge, nonce: 1n, expiresAt: 1n },
};

test('orders one after the other, good and bad', async () => {
  const checker = createOrderChecker({ blobs });
  const [good, bad, again] = await Promise.allSettled([
    checker.check(order, spec),
    checker.check({ ...order, units: UNITS + 1n }, spec),
    checker.check(order, spec),
  ]);
  expect([good.status, again.status]).toEqual(['fulfilled', 'fulfilled']);
  expect(bad).toMatchObject({ reason: { code: 'coordinator.unitsMismatch', data: { computed: UNITS.toString() } } });
  await checker.close();
});

test('what takes too long or too much memory is given up, and the next order is looked at', async () => {
  const hasty = createOrderChecker({ blobs, timeoutMs: 1 });
  for (let i = 0; i < 2; i++) {
    await expect(hasty.check(order, spec)).rejects.toMatchObject({ code: 'coordinator.checkFailed' });
  }
  const narrow = createOrderChecker({ blobs, memoryMiB: 4 });
  await expect(narrow.check(order, spec)).rejects.toMatchObject({
    ...{ code: 'coordinator.checkFailed', message: expect.stringContaining('memory') as string },
  });
  await Promise.all([hasty.close(), narrow.close()]);
});

test('a long queue is refused at its end, and all of it when the checker closes', async () => {
  const checker = createOrderChecker({ blobs });
  const all = Array.from({ length: 33 }, () => checker.check(order, spec));
  await expect(all[32]).rejects.toMatchObject({ code: 'coordinator.busy', retry: 'later' });
  await checker.close();
  const outcomes = await Promise.allSettled(all);
  expect(outcomes.slice(16).map(({ status }) => status)).toEqual(Array(17).fill('rejected'));
});
