import { join } from 'node:path';

/** The tables of this package (index and intents), for `openDatabase`. */
export const CHAIN_MIGRATIONS = {
  folder: join(import.meta.dirname, '..', 'migrations'),
  table: 'chain_migrations',
} as const;
