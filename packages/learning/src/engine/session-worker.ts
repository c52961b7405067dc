// The thread of one session: takes calls from its parent, one after the other.
import { on } from 'node:events';
import { parentPort, workerData } from 'node:worker_threads';
import { InferenceSession, Tensor } from 'onnxruntime-node';

/** What the thread is started with. */
export interface WorkerSessionData {
  readonly model: Uint8Array;
  readonly options: InferenceSession.SessionOptions;
}

/** A tensor as it goes between threads. */
export interface PlainTensor {
  readonly type: Tensor.Type;
  readonly data: Tensor.DataType;
  readonly dims: readonly number[];
}

export interface WorkerCall {
  readonly inputs: Readonly<Record<string, PlainTensor>>;
  readonly outputs: readonly string[];
}

/** Outputs of a call, or why there are none. The first answer comes when the model is loaded. */
export type WorkerAnswer = { readonly made: Readonly<Record<string, PlainTensor>> } | { readonly failed: string };

const port = parentPort!;
const { model, options } = workerData as WorkerSessionData;
const calls = on(port, 'message');

async function answer(work: () => Promise<Readonly<Record<string, Tensor>>>): Promise<void> {
  try {
    const made = Object.entries(await work()).map(
      ([name, { type, data, dims }]) => [name, { type, data, dims }] as const,
    );
    const buffers = made.map(([, { data }]) => (data as Float32Array<ArrayBuffer>).buffer);
    port.postMessage({ made: Object.fromEntries(made) } satisfies WorkerAnswer, buffers);
  } catch (error) {
    port.postMessage({ failed: error instanceof Error ? error.message : String(error) } satisfies WorkerAnswer);
  }
}

let session!: InferenceSession;
await answer(async () => {
  session = await InferenceSession.create(model, options);
  return {};
});
for await (const [{ inputs, outputs }] of calls as AsyncIterable<[WorkerCall]>) {
  await answer(async () => {
    const tensors = Object.entries(inputs).map(
      ([name, { type, data, dims }]) => [name, new Tensor(type, data, dims)] as const,
    );
    return (await session.run(Object.fromEntries(tensors), [...outputs])) as Readonly<Record<string, Tensor>>;
  });
}
