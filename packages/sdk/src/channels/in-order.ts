import type { Hex } from '@encryptech/base';

/** Runs the work of each key one piece after another, in the order of asking; a failure goes to its asker alone. */
export function inOrder(): <T>(key: Hex, work: () => Promise<T>) => Promise<T> {
  const last = new Map<Hex, Promise<unknown>>();
  return async (key, work) => {
    const before = last.get(key) ?? Promise.resolve();
    const mine = before.then(work, work);
    last.set(key, mine);
    try {
      return await mine;
    } finally {
      if (last.get(key) === mine) last.delete(key);
    }
  };
}
