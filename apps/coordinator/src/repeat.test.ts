import { expect, test } from 'vitest';
import { remember } from './remember.ts';
import { repeat } from './repeat.ts';

/** Rounds that end when they are told to. */
function rounds() {
  const waiting: (() => void)[] = [];
  const started: (() => void)[] = [];
  let count = 0;
  return {
    count: () => count,
    work: () => {
      count++;
      started.shift()?.();
      return new Promise<void>((resolve) => waiting.push(resolve));
    },
    started: () => new Promise<void>((resolve) => started.push(resolve)),
    end: () => waiting.shift()!(),
  };
}

test('a wake during a round leads to one more round, however many there were', async () => {
  const { work, started, end, count } = rounds();
  const stop = new AbortController();
  const loop = repeat({ work, periodMs: 3_600_000, gapMs: 0, onRound: () => undefined, signal: stop.signal });
  const second = started();
  loop.wake();
  loop.wake();
  end();
  await second;
  const third = started();
  end();
  loop.wake();
  await third;
  expect(count()).toBe(3);
  stop.abort();
  end();
  await loop.done;
  loop.wake();
  expect(count()).toBe(3);
});

test('a failed round is told and tried again; the signal ends the wait', async () => {
  const stop = new AbortController();
  const told: unknown[] = [];
  const work = () => (told.length === 0 ? Promise.reject(new Error('no')) : Promise.resolve());
  const loop = repeat({
    ...{ work, periodMs: 3_600_000, gapMs: 0, signal: stop.signal },
    onRound: (error) => {
      told.push(error);
      if (error === undefined) stop.abort();
    },
  });
  await loop.done;
  expect(told).toEqual([new Error('no'), undefined]);
});

test('remember asks once for those who come together, and again after a failure', async () => {
  let asked = 0;
  const answer = remember(3_600_000, () => (++asked === 1 ? Promise.reject(new Error('no')) : Promise.resolve(asked)));
  await expect(answer()).rejects.toThrow('no');
  expect(await Promise.all([answer(), answer()])).toEqual([2, 2]);
  expect(await answer()).toBe(2);
});
