import { join } from 'node:path';

/** The tables of this app; the index of @encryptech/chain, which they refer to, comes first. */
export const MIGRATIONS = {
  folder: join(import.meta.dirname, '..', 'migrations'),
  table: 'coordinator_migrations',
} as const;
