import { describe, expect, test } from 'vitest';
import { createLatestQueue } from './latest-queue.ts';

/** Work whose end the test decides. */
function controlled() {
  const begun: number[] = [];
  const failed: number[] = [];
  const ends: { resolve: () => void; reject: (error: Error) => void }[] = [];
  const queue = createLatestQueue<number>(
    (item) => {
      begun.push(item);
      return new Promise<void>((resolve, reject) => ends.push({ resolve, reject }));
    },
    (_, item) => failed.push(item),
  );
  return { queue, begun, failed, ends };
}
const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('createLatestQueue', () => {
  test('does one at a time, and of what waits only the newest', async () => {
    const { queue, begun, ends } = controlled();
    for (const item of [1, 2, 3, 4]) queue.push(item);
    expect(begun).toEqual([1]);
    ends[0]!.resolve();
    await turn();
    expect(begun).toEqual([1, 4]);
    ends[1]!.resolve();
    await queue.idle();
    queue.push(5);
    expect(begun).toEqual([1, 4, 5]);
  });

  test('a failure is reported and the next item is done', async () => {
    const { queue, begun, failed, ends } = controlled();
    queue.push(1);
    queue.push(2);
    ends[0]!.reject(new Error('the chain is away'));
    await turn();
    expect(failed).toEqual([1]);
    expect(begun).toEqual([1, 2]);
    ends[1]!.resolve();
    await queue.idle();
    expect(failed).toEqual([1]);
  });
});
