import type { InferenceSession, InferenceSessionFactory } from 'onnxruntime-common';
import type { CreateEngineOptions } from './create-engine.ts';
import type { Engine } from './engine.ts';
import { engineSession, failing } from './engine-session.ts';
import { seededInputs } from './seeded-inputs.ts';

/** A graph call shorter than this stays on one thread: waking another takes as long as it saves. */
const SHORTEST_MS = 2;
/** More threads must save this share of a call, else they aren't worth the cores that they keep busy. */
const LEAST_GAIN = 0.1;
/** Calls that are timed at most with one number of threads, and after how long no more begin. */
const MOST_CALLS = 3;
const ENOUGH_MS = 300;

export interface CreateMeasuredEngineOptions extends CreateEngineOptions {
  /** Threads that there is a core for. */
  cores: number;
  /** Milliseconds from any origin; `performance.now` if left out. */
  now?: (() => number) | undefined;
}

/**
 * An engine that finds out, for each graph that it opens, how many threads run it fastest: a few calls on seeded inputs with 1
 * thread, then 2, 4 and so on up to the cores while each doubling saves a tenth. Small graphs, and many small nodes in a row, run
 * fastest on one.
 *
 * The number may change from one opening to the next, and with it the last bits of a result. Where equal inputs must give equal
 * bits, the number of threads is given.
 */
export function createMeasuredEngine(
  runtime: InferenceSessionFactory,
  { name, session = {}, cores, now = () => performance.now() }: CreateMeasuredEngineOptions,
): Engine {
  return {
    name,
    async open(model) {
      const withThreads = async (threads: number) => {
        const options = { ...session, intraOpNumThreads: threads };
        const loaded = await failing('load the graph', () => runtime.create(model, options));
        try {
          return { loaded, callMs: cores > 1 ? await timeOfCall(loaded, now) : 0 };
        } catch (error) {
          await loaded.release();
          throw error;
        }
      };
      let best = await withThreads(1);
      for (let threads = 2; threads <= cores && best.callMs >= SHORTEST_MS; threads *= 2) {
        const next = await withThreads(threads).catch(async (error: unknown) => {
          await best.loaded.release();
          throw error;
        });
        const pays = next.callMs <= (1 - LEAST_GAIN) * best.callMs;
        const [kept, dropped] = pays ? [next, best] : [best, next];
        await dropped.loaded.release();
        best = kept;
        if (!pays) break;
      }
      return engineSession(best.loaded);
    },
  };
}

/** Milliseconds of the fastest of a few calls, after one that isn't counted. */
async function timeOfCall(loaded: InferenceSession, now: () => number): Promise<number> {
  const inputs = seededInputs(loaded.inputMetadata);
  const call = async () => {
    const started = now();
    await failing('run the graph', () => loaded.run(inputs));
    return now() - started;
  };
  await call();
  let [fastest, spent] = [Infinity, 0];
  for (let calls = 0; calls < MOST_CALLS && spent < ENOUGH_MS; calls++) {
    const took = await call();
    fastest = Math.min(fastest, took);
    spent += took;
  }
  return fastest;
}
