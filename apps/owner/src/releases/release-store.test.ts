import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Hex, JobId } from '@encryptech/base';
import type { ReleasePolicy } from '@encryptech/protocol';
import { afterAll, describe, expect, test } from 'vitest';
import { createReleaseStore } from './release-store.ts';

const folder = mkdtempSync(join(tmpdir(), 'releases-'));
afterAll(() => rmSync(folder, { recursive: true }));
const job: JobId = `0x${'0b'.repeat(32)}` as JobId;
const POLICY: ReleasePolicy = {
  ...{ version: 1, dataset: `0x${'d5'.repeat(32)}`, purposes: ['train'], developers: '*', mechanisms: ['dp-sgd'] },
  ...{ minLevel: 0, maxEpsilonPerJob: 1, measurements: [`0x${'aa'.repeat(48)}`], until: 4_000_000_000 },
};
const release = (byte: number) => ({
  evidenceId: `0x${'e1'.repeat(32)}` as Hex,
  enclaveKey: `0x${'ab'.repeat(20)}` as Hex,
  enclave: { measurement: `0x${'aa'.repeat(32)}` as Hex, device: `0x${'dd'.repeat(32)}` as Hex },
  evidence: Uint8Array.of(9, 9),
  policy: POLICY,
  message: Uint8Array.of(byte, 2, 3),
});

describe('release store', () => {
  test('an attempt has one release at most, also for callers at the same time and after a restart', async () => {
    const outcomes = await Promise.allSettled(
      [1, 2, 3, 4].map((byte) => createReleaseStore(folder).claim(job, 1, release(byte))),
    );
    expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(1);
    await expect(createReleaseStore(folder).claim(job, 1, release(9))).rejects.toMatchObject({
      code: 'owner.releasedBefore',
    });
    const winner = outcomes.findIndex((outcome) => outcome.status === 'fulfilled') + 1;
    expect(await createReleaseStore(folder).get(job, 1)).toEqual(release(winner));
  });

  test('another attempt has its own', async () => {
    const store = createReleaseStore(folder);
    expect(await store.get(job, 2)).toBeUndefined();
    await store.claim(job, 2, release(7));
    expect(await store.get(job, 2)).toEqual(release(7));
    expect(await store.count(job)).toBe(2);
    expect(await store.count(`0x${'0c'.repeat(32)}` as JobId)).toBe(0);
  });

  test('a file that a crash left half written counts as released', async () => {
    const store = createReleaseStore(folder);
    writeFileSync(join(folder, `${job}-3.json`), '{"evidenceId":"0x');
    await expect(store.get(job, 3)).rejects.toMatchObject({ code: 'owner.releasedBefore' });
    await expect(store.claim(job, 3, release(1))).rejects.toMatchObject({ code: 'owner.releasedBefore' });
    expect(readdirSync(folder)).toContain(`${job}-3.json`);
  });
});
