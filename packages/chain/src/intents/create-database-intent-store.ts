import { and, asc, desc, eq, inArray, isNotNull, max } from 'drizzle-orm';
import type { Database } from '../database/open-database.ts';
import { chainError } from '../errors.ts';
import type { Intent, IntentScope, NewIntent } from './intent.ts';
import type { IntentChange, IntentStore } from './intent-store.ts';
import { intentsTable as table } from './intents-table.ts';

type Row = typeof table.$inferSelect;

/** Intents in a Drizzle database (PGlite or PostgreSQL) that holds this package's tables. Closing it leaves the database open. */
export function createDatabaseIntentStore(db: Database): IntentStore {
  const inScope = (scope: IntentScope) => and(eq(table.chain, scope.chain), eq(table.sender, scope.sender));
  const named = (scope: IntentScope, key: string) => and(inScope(scope), eq(table.key, key));

  const find = async (scope: IntentScope, key: string): Promise<Intent | undefined> => {
    const [row] = await db.select().from(table).where(named(scope, key));
    return row && intentOf(row);
  };

  return {
    find,
    async plan(scope, intent: NewIntent) {
      await db
        .insert(table)
        .values({ ...scope, ...intent, gas: intent.gas ?? null, status: 'planned', transactions: [], attempts: 0 })
        .onConflictDoNothing({ target: [table.chain, table.sender, table.key] });
      return (await find(scope, intent.key)) ?? missing(intent.key);
    },
    async update(scope, key, change) {
      try {
        const [row] = await db.update(table).set(rowOf(change)).where(named(scope, key)).returning();
        return row ? intentOf(row) : missing(key);
      } catch (error) {
        if (!breaksUniqueNonce(error)) throw error;
        throw nonceTaken(key, change.nonce, error);
      }
    },
    async open(scope) {
      const waiting = and(inScope(scope), inArray(table.status, ['planned', 'sent']));
      return (await db.select().from(table).where(waiting).orderBy(asc(table.ordinal))).map(intentOf);
    },
    async newestMined(scope, limit, offset) {
      const executed = and(inScope(scope), isNotNull(table.minedBlock));
      const newestFirst = [desc(table.minedBlock), desc(table.nonce)];
      const rows = await db
        .select()
        .from(table)
        .where(executed)
        .orderBy(...newestFirst)
        .limit(limit)
        .offset(offset);
      return rows.map(intentOf);
    },
    async highestNonce(scope) {
      const [row] = await db
        .select({ nonce: max(table.nonce) })
        .from(table)
        .where(inScope(scope));
      return row?.nonce ?? undefined;
    },
    close: () => Promise.resolve(),
  };
}

export function nonceTaken(key: string, nonce: number | undefined, cause?: unknown): Error {
  return chainError({
    code: 'chain.intentConflict',
    message: `Another intent of this account has nonce ${nonce}.`,
    data: { key, ...(nonce === undefined ? {} : { nonce }) },
    cause,
    retry: 'now',
  });
}

function missing(key: string): never {
  throw chainError({ code: 'chain.storeFailed', message: 'The intent is not in its store.', data: { key } });
}

const intentOf = (row: Row): Intent => ({
  key: row.key,
  to: row.to,
  data: row.data,
  value: row.value,
  gas: row.gas ?? undefined,
  status: row.status,
  nonce: row.nonce ?? undefined,
  transactions: row.transactions,
  mined:
    row.minedHash === null || row.minedBlock === null || row.minedBlockHash === null
      ? undefined
      : { hash: row.minedHash, blockNumber: row.minedBlock, blockHash: row.minedBlockHash },
  error: row.errorCode === null ? undefined : { code: row.errorCode, message: row.errorMessage ?? '' },
  attempts: row.attempts,
});

function rowOf(change: IntentChange): Partial<typeof table.$inferInsert> {
  const { mined, error, ...rest } = change;
  const cleared = Object.fromEntries(Object.entries(rest).map(([name, value]) => [name, value ?? null]));
  return {
    ...(cleared as Partial<typeof table.$inferInsert>),
    ...('mined' in change && {
      minedHash: mined?.hash ?? null,
      minedBlock: mined?.blockNumber ?? null,
      minedBlockHash: mined?.blockHash ?? null,
    }),
    ...('error' in change && { errorCode: error?.code ?? null, errorMessage: error?.message ?? null }),
  };
}

/** PostgreSQL's unique_violation, of the one constraint that a change can break. */
function breaksUniqueNonce(error: unknown): boolean {
  for (let at = error; at instanceof Error; at = at.cause) {
    if ('code' in at && at.code === '23505' && 'constraint' in at && at.constraint === 'chain_intents_nonce')
      return true;
  }
  return false;
}
