import type { JobId } from '@encryptech/base';
import { expect, test } from 'vitest';
import { createJobBoard } from './job-board.ts';
import { createJobRoom } from './job-room.ts';
import type { JobStatus } from './job-status.ts';

const status = (n: number, state: JobStatus['state'] = 'training'): JobStatus => ({
  jobId: `0x${n.toString(16).padStart(64, '0')}` as JobId,
  attempt: 1,
  state,
  step: 0,
  steps: 10,
  examplesPerSecond: 0,
  epsilonSoFar: 0,
  secondsLeft: null,
  failure: null,
});
const room = (n: number) =>
  createJobRoom({
    status: status(n),
    toEnclave: () => Promise.resolve(),
    checkChallenge: () => Promise.reject(new Error('nobody')),
  });

test('a job has a room while it runs and a last word afterwards, until 256 others have ended', () => {
  const board = createJobBoard();
  const first = room(1);
  const closed: number[] = [];
  first.join({ send: () => undefined, close: (code) => closed.push(code), bufferedAmount: 0 });
  board.open(first);
  expect(board.room(first.status.jobId)).toBe(first);
  board.end({ ...first.status, state: 'failed' });
  expect(closed).toEqual([1000]);
  expect(board.room(first.status.jobId)).toBeUndefined();
  expect(board.status(first.status.jobId)?.state).toBe('failed');
  for (let n = 2; n <= 256; n++) board.end(status(n, 'delivered'));
  expect(board.status(first.status.jobId)?.state).toBe('failed');
  board.end(status(257, 'delivered'));
  expect(board.status(first.status.jobId)).toBeUndefined();
  expect(board.status(status(2).jobId)?.state).toBe('delivered');
});

test('a new attempt of a job that had ended is what counts', () => {
  const board = createJobBoard();
  board.end(status(1, 'failed'));
  board.open(room(1));
  expect(board.status(status(1).jobId)?.state).toBe('training');
});
