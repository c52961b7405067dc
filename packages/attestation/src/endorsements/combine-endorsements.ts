import type { Endorsements } from '../verifier.ts';

/** Endorsements that ask each source in turn until one has the document: what is at hand first, services last. */
export const combineEndorsements = (...sources: readonly Endorsements[]): Endorsements => ({
  async get(query, now) {
    for (const source of sources) {
      const found = await source.get(query, now);
      if (found !== undefined) return found;
    }
    return undefined;
  },
});
