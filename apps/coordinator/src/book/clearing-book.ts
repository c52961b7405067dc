import { desc, eq, lt } from 'drizzle-orm';
import type { Database } from '@encryptech/chain';
import type { Hex } from '@encryptech/base';
import { clearingsTable } from './tables.ts';

/** A clearing that matched something: all that is needed to repeat it, and what came out. */
export type BookedClearing = typeof clearingsTable.$inferSelect;

export interface ClearingBook {
  add(clearing: BookedClearing): Promise<void>;
  find(digest: Hex): Promise<BookedClearing | undefined>;
  /** The newest one, without inputs and outcome. */
  last(): Promise<Omit<BookedClearing, 'inputs' | 'outcome'> | undefined>;
  /** Forgets clearings before `time`. */
  sweep(time: number): Promise<void>;
}

/** The clearings in a database that holds the coordinator's tables. */
export function createClearingBook(db: Database): ClearingBook {
  const { digest, at, matches, refusals } = clearingsTable;
  return {
    async add(clearing) {
      await db.insert(clearingsTable).values(clearing).onConflictDoNothing();
    },
    async find(wanted) {
      const [row] = await db.select().from(clearingsTable).where(eq(digest, wanted));
      return row;
    },
    async last() {
      const [row] = await db
        .select({ digest, at, matches, refusals })
        .from(clearingsTable)
        .orderBy(desc(at), desc(digest))
        .limit(1);
      return row;
    },
    async sweep(time) {
      await db.delete(clearingsTable).where(lt(at, time));
    },
  };
}
