// The thread of `createOrderChecker`: graphs and plans of strangers are read here, apart from the coordinator.
import { parentPort } from 'node:worker_threads';
import { wireErrorOf, type JobOrder, type TrainingSpec, type WireError } from '@encryptech/protocol';
import { checkOrderWork } from './check-order-work.ts';

export interface CheckTask {
  order: JobOrder;
  spec: TrainingSpec;
  graph: Uint8Array;
}

/** Null for an order that stands. */
export type CheckResult = WireError | null;

parentPort?.on('message', ({ order, spec, graph }: CheckTask) => {
  let result: CheckResult = null;
  try {
    checkOrderWork(order, spec, graph);
  } catch (error) {
    result = wireErrorOf(error);
  }
  parentPort?.postMessage(result);
});
