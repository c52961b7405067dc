import { Worker } from 'node:worker_threads';
import { Tensor, type InferenceSession } from 'onnxruntime-common';
import type { EngineSession, Tensors } from './engine.ts';
import { failing } from './engine-session.ts';
import type { PlainTensor, WorkerAnswer, WorkerCall, WorkerSessionData } from './session-worker.ts';

type Made = Readonly<Record<string, PlainTensor>>;

/**
 * So many sessions of the model, each in a thread of its own: `onnxruntime-node` computes in the thread that calls it, so two calls
 * at a time need two threads. Inputs are copied before `run` returns; a session answers its calls in their order. Its thread keeps
 * no process alive but while it computes.
 *
 * @throws `learning.engineFailed`
 */
export async function openWorkerSessions(
  model: Uint8Array,
  options: InferenceSession.SessionOptions,
  count: number,
): Promise<EngineSession[]> {
  const opened = await Promise.allSettled(Array.from({ length: count }, () => openWorkerSession(model, options)));
  const sessions = opened.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  const refused = opened.find((each) => each.status === 'rejected');
  if (refused === undefined) return sessions;
  await Promise.all(sessions.map((session) => session.close()));
  throw refused.reason;
}

async function openWorkerSession(model: Uint8Array, options: InferenceSession.SessionOptions): Promise<EngineSession> {
  const waiting: PromiseWithResolvers<Made>[] = [];
  let ended: Error | undefined;
  const worker = await failing('start a thread', async () => {
    const workerData: WorkerSessionData = { model, options };
    return new Worker(new URL('./session-worker.ts', import.meta.url), { workerData });
  });
  const end = (reason: Error) => {
    ended ??= reason;
    for (const each of waiting.splice(0)) each.reject(ended);
  };
  const answered = (): Promise<Made> => {
    const answer = Promise.withResolvers<Made>();
    if (ended) answer.reject(ended);
    else waiting.push(answer);
    worker.ref();
    return answer.promise;
  };
  worker.on('message', (answer: WorkerAnswer) => {
    const { resolve, reject } = waiting.shift()!;
    if (waiting.length === 0) worker.unref();
    if ('made' in answer) resolve(answer.made);
    else reject(new Error(answer.failed));
  });
  worker.on('error', end);
  worker.on('exit', () => end(new Error('The thread of the session has ended.')));

  const close = async () => void (await worker.terminate());
  try {
    await failing('load the graph', answered);
  } catch (error) {
    await close();
    throw error;
  }
  return {
    run: (inputs, outputs) =>
      failing('run the graph', async () => {
        const plain = Object.entries(inputs).map(
          ([name, { type, data, dims }]) => [name, { type, data, dims } as PlainTensor] as const,
        );
        worker.postMessage({ inputs: Object.fromEntries(plain), outputs } satisfies WorkerCall);
        const made = Object.entries(await answered());
        return Object.fromEntries(
          made.map(([name, { type, data, dims }]) => [name, new Tensor(type, data, dims)]),
        ) as Tensors;
      }),
    close,
  };
}
