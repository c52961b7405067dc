// The thread of `createOrderChecker`: graphs and plans of strangers are read here, apart from the coordinator.
import { parentPort } from 'node:worker_threads';
import { isEncryptechError, type EncryptechError } from '@encryptech/base';
import type { JobOrder, TrainingSpec } from '@encryptech/protocol';
import { checkOrderWork } from './check-order-work.ts';

export interface CheckTask {
  order: JobOrder;
  spec: TrainingSpec;
  graph: Uint8Array;
}

/** Null for an order that stands. An error that nobody foresaw has only its text. */
export type CheckResult = ReturnType<EncryptechError['toJSON']> | { unforeseen: string } | null;

parentPort?.on('message', ({ order, spec, graph }: CheckTask) => {
  let result: CheckResult = null;
  try {
    checkOrderWork(order, spec, graph);
  } catch (error) {
    // Only data passes from one thread to the other.
    result = isEncryptechError(error) ? error.toJSON() : { unforeseen: String(error) };
  }
  parentPort?.postMessage(result);
});
