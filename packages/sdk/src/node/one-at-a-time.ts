/** Work on things that have keys, one run a key at a time. */
export interface OneAtATime<Key> {
  /** Starts the work for a key; while it runs already, it will run once more afterwards, since something may have changed since it looked. */
  run(key: Key): void;
  /** Resolves when nothing runs. */
  idle(): Promise<void>;
}

/** Runs `work` for keys side by side, but never twice for one key. A failure goes to `onError` and ends nothing. */
export function oneAtATime<Key>(
  work: (key: Key) => Promise<void>,
  onError: (error: unknown, key: Key) => void,
): OneAtATime<Key> {
  const running = new Map<Key, Promise<void>>();
  const again = new Set<Key>();
  const start = async (key: Key): Promise<void> => {
    do {
      again.delete(key);
      try {
        await work(key);
      } catch (error) {
        onError(error, key);
      }
    } while (again.has(key));
    running.delete(key);
  };
  return {
    run: (key) => {
      if (running.has(key)) again.add(key);
      else running.set(key, start(key));
    },
    idle: async () => {
      while (running.size > 0) await Promise.all(running.values());
    },
  };
}
