import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { drizzle as drizzlePg } from 'drizzle-orm/node-postgres';
import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core';
import { drizzle as drizzlePglite } from 'drizzle-orm/pglite';
import pg from 'pg';
import { lockFolder } from '../embedded/folder-lock.ts';
import { chainError } from '../errors.ts';
import { silentLog, type Log } from '../log.ts';
import { applyMigrations } from './apply-migrations.ts';

/** A Drizzle database in the PostgreSQL dialect, whatever serves it. */
export type Database = PgDatabase<PgQueryResultHKT>;

/** An open database and how to let go of it. */
export interface OpenDatabase {
  db: Database;
  kind: 'pglite' | 'postgres';
  close(): Promise<void>;
}

export interface DatabaseOptions {
  /** A `postgres://` address; the database must exist. */
  url?: string | undefined;
  /** A folder for PGlite, when there is no `url`; one process at a time. Without either the database lives in memory. */
  dir?: string | undefined;
  /** Migrations to apply, in this order; each set of files keeps a record of its own in `table`. */
  migrations: readonly { folder: string; table: string }[];
  log?: Log;
  connectTimeoutMs?: number;
}

/**
 * The database with all migrations applied: PostgreSQL by URL, else PGlite (PostgreSQL compiled to WebAssembly) in a
 * folder or in memory. Starting several processes on one PostgreSQL is safe: migrations wait for each other.
 *
 * @throws `chain.databaseFailed`
 */
export async function openDatabase(options: DatabaseOptions): Promise<OpenDatabase> {
  const opened = options.url === undefined ? await openPglite(options.dir) : await openPostgres(options.url, options);
  try {
    for (const set of options.migrations) await applyMigrations(opened, set);
    return opened;
  } catch (cause) {
    await opened.close();
    throw failed('The database cannot be brought up to date.', cause);
  }
}

async function openPglite(dir: string | undefined): Promise<OpenDatabase> {
  if (dir === undefined) {
    const memory = await PGlite.create();
    return { db: drizzlePglite({ client: memory }), kind: 'pglite', close: () => memory.close() };
  }
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const lock = lockFolder(join(dir, 'database.lock'));
  if ('heldBy' in lock) {
    throw chainError({
      code: 'chain.databaseFailed',
      message: `Process ${lock.heldBy} has the database of this folder open.`,
      place: dir,
      hint: 'Stop that process, or use a PostgreSQL server (DATABASE_URL), which many can share.',
      data: { pid: lock.heldBy },
    });
  }
  try {
    const client = await PGlite.create(join(dir, 'pglite'));
    const close = async (): Promise<void> => {
      await client.close();
      lock.release();
    };
    return { db: drizzlePglite({ client }), kind: 'pglite', close };
  } catch (cause) {
    lock.release();
    throw failed('The database folder cannot be opened.', cause, dir);
  }
}

async function openPostgres(url: string, options: DatabaseOptions): Promise<OpenDatabase> {
  const log = options.log ?? silentLog;
  const pool = new pg.Pool({
    connectionString: url,
    max: 8,
    connectionTimeoutMillis: options.connectTimeoutMs ?? 10_000,
    query_timeout: 60_000,
  });
  // A connection that breaks while idle is replaced by the pool; without a listener Node would end the process.
  pool.on('error', (error) => log.warn({ error: error.message }, 'An idle database connection broke'));
  try {
    await pool.query('select 1');
  } catch (cause) {
    await pool.end();
    throw failed('The PostgreSQL server cannot be reached.', cause);
  }
  return { db: drizzlePg({ client: pool }), kind: 'postgres', close: () => pool.end() };
}

function failed(message: string, cause: unknown, place?: string): Error {
  return chainError({
    code: 'chain.databaseFailed',
    message,
    place,
    // The server's words name tables and hosts, never the password: it is not part of PostgreSQL's messages.
    hint: cause instanceof Error ? cause.message.split('\n')[0] : undefined,
    cause,
    retry: 'later',
  });
}
