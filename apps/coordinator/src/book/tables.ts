import { bigint, index, jsonb, numeric, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import type { Hex, Json } from '@encryptech/base';
import type {
  ComputeOfferJson,
  DatasetGrantJson,
  DatasetManifest,
  JobOrderJson,
  Preferences,
  Reason,
  TrainingSpec,
} from '@encryptech/protocol';

/** Hex in lower case. */
const hex = (name: string) => text(name).$type<Hex>();
/** A checksummed address, so that it joins with the tables of the chain's index. */
const address = (name: string) => text(name).$type<Hex>();
const seconds = (name: string) => bigint(name, { mode: 'number' });
const nonce = () => numeric('nonce', { precision: 20, scale: 0, mode: 'bigint' }).notNull();

/** Signed orders as they came in. Whether one is open, running or done is the chain's to say. */
export const ordersTable = pgTable(
  'book_orders',
  {
    jobId: hex('job_id').primaryKey(),
    developer: address('developer').notNull(),
    datasetId: hex('dataset_id').notNull(),
    order: jsonb('order').$type<JobOrderJson>().notNull(),
    signature: hex('signature').notNull(),
    spec: jsonb('spec').$type<TrainingSpec>().notNull(),
    preferences: jsonb('preferences').$type<Preferences>(),
    receivedAt: seconds('received_at').notNull(),
    expiresAt: seconds('expires_at').notNull(),
    /** Why the last clearing did not match it. */
    reasons: jsonb('reasons').$type<Reason[]>().notNull(),
  },
  (table) => [
    index('book_orders_expiry').on(table.expiresAt),
    index('book_orders_received').on(table.receivedAt, table.jobId),
    index('book_orders_developer').on(table.developer, table.expiresAt),
  ],
);

/** The newest offer of each provider, by nonce. */
export const offersTable = pgTable('book_offers', {
  provider: address('provider').primaryKey(),
  id: hex('id').notNull(),
  nonce: nonce(),
  offer: jsonb('offer').$type<ComputeOfferJson>().notNull(),
  signature: hex('signature').notNull(),
  expiresAt: seconds('expires_at').notNull(),
});

/** The newest grant of each dataset for each developer, by nonce; the zero address stands for everybody. */
export const grantsTable = pgTable(
  'book_grants',
  {
    datasetId: hex('dataset_id').notNull(),
    developer: address('developer').notNull(),
    id: hex('id').notNull(),
    nonce: nonce(),
    grant: jsonb('grant').$type<DatasetGrantJson>().notNull(),
    signature: hex('signature').notNull(),
    expiresAt: seconds('expires_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.datasetId, table.developer] })],
);

/** What owners make public about their datasets; the chain knows the digest. */
export const manifestsTable = pgTable('book_manifests', {
  datasetId: hex('dataset_id').primaryKey(),
  manifest: jsonb('manifest').$type<DatasetManifest>().notNull(),
});

/** Every clearing that matched something, with its inputs: anybody can repeat it. */
export const clearingsTable = pgTable(
  'book_clearings',
  {
    digest: hex('digest').primaryKey(),
    at: seconds('at').notNull(),
    inputs: jsonb('inputs').$type<Json>().notNull(),
    outcome: jsonb('outcome').$type<Json>().notNull(),
    matches: bigint('matches', { mode: 'number' }).notNull(),
    refusals: bigint('refusals', { mode: 'number' }).notNull(),
  },
  (table) => [index('book_clearings_at').on(table.at)],
);

/** Heartbeats that were heard, until their epoch is posted. One row: the provider answered in that slot. */
export const beatsTable = pgTable(
  'heartbeats',
  {
    epoch: bigint('epoch', { mode: 'number' }).notNull(),
    slot: bigint('slot', { mode: 'number' }).notNull(),
    provider: address('provider').notNull(),
  },
  (table) => [primaryKey({ columns: [table.epoch, table.slot, table.provider] })],
);
