import { sql } from 'drizzle-orm';
import { migrate as migratePg } from 'drizzle-orm/node-postgres/migrator';
import { migrate as migratePglite } from 'drizzle-orm/pglite/migrator';
import type { NodePgDatabase } from 'drizzle-orm/node-postgres';
import type { PgliteDatabase } from 'drizzle-orm/pglite';
import type { OpenDatabase } from './open-database.ts';

/** Any constant; all processes of the network must use the same. */
const MIGRATION_LOCK = 0x656e63;

/** Applies the migration files of a folder that `table` does not name yet; one process at a time. */
export async function applyMigrations(
  { db, kind }: OpenDatabase,
  { folder, table }: { folder: string; table: string },
): Promise<void> {
  const config = { migrationsFolder: folder, migrationsTable: table };
  if (kind === 'pglite') return migratePglite(db as unknown as PgliteDatabase, config);
  // The lock belongs to the transaction's connection; the migrations run on another one of the pool meanwhile.
  await db.transaction(async (locked) => {
    await locked.execute(sql`select pg_advisory_xact_lock(${MIGRATION_LOCK})`);
    await migratePg(db as unknown as NodePgDatabase, config);
  });
}
