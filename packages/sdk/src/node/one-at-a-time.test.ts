import { expect, test } from 'vitest';
import { oneAtATime } from './one-at-a-time.ts';

/** Work whose ends the test decides. */
function controlled() {
  const begun: string[] = [];
  const failed: string[] = [];
  const ends: ((error?: Error) => void)[] = [];
  const desk = oneAtATime<string>(
    (key) => {
      begun.push(key);
      return new Promise((resolve, reject) => ends.push((error) => (error === undefined ? resolve() : reject(error))));
    },
    (_, key) => failed.push(key),
  );
  return { desk, begun, failed, end: (index: number, error?: Error) => ends[index]!(error) };
}
const turn = () => new Promise((resolve) => setImmediate(resolve));

test('keys run side by side, one key one after the other, and once more however often it was asked for', async () => {
  const { desk, begun, end } = controlled();
  for (const key of ['a', 'b', 'a', 'a']) desk.run(key);
  expect(begun).toEqual(['a', 'b']);
  end(0);
  await turn();
  expect(begun).toEqual(['a', 'b', 'a']);
  end(1);
  end(2);
  await desk.idle();
  expect(begun).toEqual(['a', 'b', 'a']);
  desk.run('a');
  expect(begun).toEqual(['a', 'b', 'a', 'a']);
});

test('a failure is told and the key can run again', async () => {
  const { desk, begun, failed, end } = controlled();
  desk.run('a');
  desk.run('a');
  end(0, new Error('no'));
  await turn();
  expect([begun, failed]).toEqual([['a', 'a'], ['a']]);
  end(1);
  await desk.idle();
});
