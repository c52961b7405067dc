import { trainPrivately, type TrainPrivatelyOptions } from '@encryptech/learning';

/** A private training that stands still until it is asked for steps. */
export interface PausingTraining {
  /** Takes `checkpointEvery` steps of the job. Fails when the training does, or is over. */
  proceed(): Promise<void>;
  /** Ends it. */
  stop(): Promise<void>;
}

/** Starts a training that waits before its first step and at each checkpoint, so that what it takes can be timed in turns. */
export function pausingTraining(options: TrainPrivatelyOptions): PausingTraining {
  const controller = new AbortController();
  let go = Promise.withResolvers<void>();
  let reached = Promise.withResolvers<void>();
  const training = (async () => {
    await go.promise;
    await trainPrivately({
      ...options,
      signal: controller.signal,
      async onCheckpoint() {
        go = Promise.withResolvers<void>();
        reached.resolve();
        await go.promise;
      },
    });
    throw new Error('The training is over.');
  })();
  training.catch((error: unknown) => reached.reject(error));
  return {
    proceed() {
      reached = Promise.withResolvers<void>();
      go.resolve();
      return reached.promise;
    },
    async stop() {
      controller.abort();
      reached = Promise.withResolvers<void>();
      reached.promise.catch(() => undefined);
      go.resolve();
      await training.catch(() => undefined);
    },
  };
}
