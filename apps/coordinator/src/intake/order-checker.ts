import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { cidOfDigest, EncryptechError } from '@encryptech/base';
import { readBlob, type BlobStore, type JobOrder, type TrainingSpec } from '@encryptech/protocol';
import { coordinatorError } from '../errors.ts';
import type { CheckResult, CheckTask } from './order-check-worker.ts';

/** The largest graph that is looked through. */
const MOST_GRAPH_BYTES = 64 * 1024 * 1024;
const MOST_TEXT = 300;
/** Orders that wait for their turn. */
const MOST_WAITING = 32;

export interface OrderCheckerOptions {
  blobs: BlobStore;
  /** Longest time for one order; by default 20,000. */
  timeoutMs?: number;
  /** Most memory of the thread; by default 1,024. */
  memoryMiB?: number;
}

/** Looks through graphs and plans of orders. */
export interface OrderChecker {
  /**
   * Returns when graph, plan and order belong together (see `checkOrderWork`).
   *
   * @throws `onnx.*` `privacy.*` `coordinator.unitsMismatch` `coordinator.chargeTooSmall` `coordinator.checkFailed`
   * `coordinator.busy` `protocol.blobTooLarge`
   */
  check(order: JobOrder, spec: TrainingSpec): Promise<void>;
  /** Ends the thread; orders that wait are refused. */
  close(): Promise<void>;
}

/**
 * A checker with a thread of its own, one order at a time: what strangers send can take seconds and much memory, and must
 * neither stop the coordinator nor end it.
 */
export function createOrderChecker(options: OrderCheckerOptions): OrderChecker {
  const { blobs, timeoutMs = 20_000, memoryMiB = 1_024 } = options;
  let worker: Worker | undefined;
  let turn: Promise<unknown> = Promise.resolve();
  let waiting = 0;
  let closed = false;

  const drop = async (): Promise<void> => {
    const dropped = worker;
    worker = undefined;
    await dropped?.terminate();
  };

  const run = (task: CheckTask): Promise<CheckResult> =>
    new Promise((resolve, reject) => {
      const thread = (worker ??= startWorker(memoryMiB));
      const answer = (result: CheckResult): void => end(() => resolve(result));
      const fail = (why: string): void => {
        end(() => reject(failed(why)));
        void drop();
      };
      const broke = (error: unknown): void =>
        fail(isOutOfMemory(error) ? 'It takes too much memory.' : 'The check broke off.');
      const end = (settle: () => void): void => {
        clearTimeout(timer);
        thread.off('message', answer).off('error', broke).off('exit', broke);
        settle();
      };
      const timer = setTimeout(() => fail(`It takes more than ${timeoutMs / 1000} s.`), timeoutMs);
      thread.on('message', answer).on('error', broke).on('exit', broke);
      thread.postMessage(task);
    });

  const checkNow = async (order: JobOrder, spec: TrainingSpec): Promise<void> => {
    if (closed) throw busy();
    const graph = await readBlob(blobs, cidOfDigest(order.graphDigest), MOST_GRAPH_BYTES);
    const result = await run({ order, spec, graph });
    if (result === null) return;
    throw 'unforeseen' in result ? failed(result.unforeseen.slice(0, MOST_TEXT)) : new EncryptechError(result);
  };

  return {
    async check(order, spec) {
      if (waiting >= MOST_WAITING) throw busy();
      waiting++;
      const mine = turn.then(() => checkNow(order, spec));
      turn = mine.catch(() => undefined);
      try {
        await mine;
      } finally {
        waiting--;
      }
    },
    close: () => {
      closed = true;
      return drop();
    },
  };
}

function startWorker(memoryMiB: number): Worker {
  const worker = new Worker(join(import.meta.dirname, 'order-check-worker.ts'), {
    env: {},
    resourceLimits: { maxOldGenerationSizeMb: memoryMiB },
  });
  // Who is ended, or fails after its answer, has nobody to tell.
  worker.on('error', () => undefined);
  worker.unref();
  return worker;
}

const isOutOfMemory = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';

const failed = (why: string) =>
  coordinatorError({
    code: 'coordinator.checkFailed',
    message: `The order’s graph and plan can not be looked through. ${why}`,
    place: 'spec',
    hint: 'Use a smaller graph, or fewer steps.',
  });

const busy = () =>
  coordinatorError({
    code: 'coordinator.busy',
    message: 'Too many orders are waiting to be looked through.',
    retry: 'later',
  });
