/** Work in order, one at a time, that only cares for the newest of what is waiting. */
export interface LatestQueue<Item> {
  push(item: Item): void;
  /** Resolves when nothing is under way and nothing waits. */
  idle(): Promise<void>;
}

/**
 * Does the work for each pushed item, except for those that a newer one overtook while they waited: a later checkpoint
 * covers all that an earlier one does. A failure goes to `onError` and ends nothing.
 */
export function createLatestQueue<Item>(
  work: (item: Item) => Promise<void>,
  onError: (error: unknown, item: Item) => void,
): LatestQueue<Item> {
  let waiting: { item: Item } | undefined;
  let running: Promise<void> | undefined;

  const run = async (): Promise<void> => {
    for (let next = waiting; next !== undefined; next = waiting) {
      waiting = undefined;
      try {
        await work(next.item);
      } catch (error) {
        onError(error, next.item);
      }
    }
    running = undefined;
  };
  return {
    push: (item) => {
      waiting = { item };
      running ??= run();
    },
    idle: async () => running,
  };
}
