import type { Keystream } from '../noise/keystream.ts';

/** One of the numbers 0 to `count` − 1, each with exactly the same probability: 32-bit draws, those that would favour some are thrown away. */
export function chooseIndex(keystream: Keystream, count: number): number {
  const limit = 2 ** 32 - (2 ** 32 % count);
  for (;;) {
    const draw = keystream.next();
    if (draw < limit) return draw % count;
  }
}
