import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Hex, JobId } from '@encryptech/base';
import { afterAll, expect, test } from 'vitest';
import { openWatchState } from './watch-state.ts';

const folder = mkdtempSync(join(tmpdir(), 'watch-state-'));
afterAll(() => rmSync(folder, { recursive: true }));
const genesis: Hex = `0x${'01'.repeat(32)}`;
const job = (byte: string) => `0x${byte.repeat(32)}` as JobId;

test('jobs survive a restart at once; blocks now and then, and always when they go back', async () => {
  const path = join(folder, 'state.json');
  const state = await openWatchState(path, genesis);
  expect([state.nextBlock, state.jobs.size]).toEqual([undefined, 0]);
  await state.reach(10n);
  await state.add(job('aa'));
  await state.add(job('bb'));
  await state.remove(job('aa'));
  await state.reach(20n);
  expect((await openWatchState(path, genesis)).nextBlock).toBe(10n);
  await state.reach(80n);
  const again = await openWatchState(path, genesis);
  expect(again.nextBlock).toBe(80n);
  expect([...again.jobs]).toEqual([job('bb')]);
  await again.reach(79n);
  expect((await openWatchState(path, genesis)).nextBlock).toBe(79n);
  await again.reach(85n);
  await again.flush();
  expect((await openWatchState(path, genesis)).nextBlock).toBe(85n);
});

test('another chain, and a damaged file, begin from nothing', async () => {
  const path = join(folder, 'other.json');
  const state = await openWatchState(path, genesis);
  await state.reach(10n);
  await state.add(job('aa'));
  const other = await openWatchState(path, `0x${'02'.repeat(32)}`);
  expect([other.nextBlock, other.jobs.size]).toEqual([undefined, 0]);
  writeFileSync(path, '{"genesis');
  expect((await openWatchState(path, genesis)).nextBlock).toBeUndefined();
});
