import type { Hex } from '@encryptech/base';
import type { JobOrderJson } from '@encryptech/protocol';
import { bigint, boolean, index, integer, jsonb, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import { address, hex, uint256 } from '../database/columns.ts';
import type { ContractName } from '../deployment.ts';
import type { JobState } from '../job-state.ts';
import type { EventFacts } from './event-facts.ts';

const blockNumber = (name: string) => bigint(name, { mode: 'bigint' });
/** Seconds since 1970. */
const seconds = (name: string) => bigint(name, { mode: 'number' });

/** One row: which deployment is indexed, and up to which block. */
export const indexTable = pgTable('chain_index', {
  id: integer('id').primaryKey(),
  chainId: integer('chain_id').notNull(),
  genesisHash: hex('genesis_hash').notNull(),
  jobs: address('jobs').notNull(),
  block: blockNumber('block').notNull(),
  /** Null before the first block. */
  hash: hex('hash'),
});

/** The blocks that are compared with the chain to notice a reorganisation: the end of each batch, and all with events. */
export const blocksTable = pgTable('chain_blocks', {
  number: blockNumber('number').primaryKey(),
  hash: hex('hash').notNull(),
  at: seconds('at').notNull(),
  hasEvents: boolean('has_events').notNull(),
});

/** Every event of the contracts, as it came and decoded. All other tables can be made again from this one. */
export const eventsTable = pgTable(
  'chain_events',
  {
    block: blockNumber('block').notNull(),
    logIndex: integer('log_index').notNull(),
    blockHash: hex('block_hash').notNull(),
    transaction: hex('transaction').notNull(),
    at: seconds('at').notNull(),
    contract: text('contract').$type<ContractName>().notNull(),
    event: text('event').notNull(),
    args: jsonb('args').$type<Record<string, unknown>>().notNull(),
    topics: jsonb('topics').$type<Hex[]>().notNull(),
    data: hex('data').notNull(),
    /** What the event does not say itself. */
    facts: jsonb('facts').$type<EventFacts>().notNull(),
    /** What it is about: `job:0x…`, `dataset:0x…`, `provider:0x…`, `account:0x…`. */
    subjects: text('subjects').array().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.block, table.logIndex] }),
    index('chain_events_subjects').using('gin', table.subjects),
  ],
);

/** Jobs as their events tell. Amounts in wei. */
export const jobsTable = pgTable(
  'chain_jobs',
  {
    jobId: hex('job_id').primaryKey(),
    state: text('state').$type<JobState>().notNull(),
    developer: address('developer').notNull(),
    /** Of the last attempt. */
    provider: address('provider').notNull(),
    datasetId: hex('dataset_id').notNull(),
    /** The order, where the matching transaction shows it. */
    order: jsonb('order').$type<JobOrderJson>(),
    attempt: integer('attempt').notNull(),
    fromStep: bigint('from_step', { mode: 'number' }).notNull(),
    rate: uint256('rate').notNull(),
    price: uint256('price').notNull(),
    escrow: uint256('escrow').notNull(),
    datasetFee: uint256('dataset_fee').notNull(),
    stakeLocked: uint256('stake_locked').notNull(),
    startBy: seconds('start_by').notNull(),
    deliverBy: seconds('deliver_by'),
    contestEnds: seconds('contest_ends'),
    enclaveKey: address('enclave_key'),
    evidenceId: hex('evidence_id'),
    keyReleased: boolean('key_released').notNull(),
    checkpointStep: bigint('checkpoint_step', { mode: 'number' }).notNull(),
    checkpointDigest: hex('checkpoint_digest'),
    paidSteps: bigint('paid_steps', { mode: 'number' }).notNull(),
    resultDigest: hex('result_digest'),
    certificateDigest: hex('certificate_digest'),
    rdpLow: uint256('rdp_low'),
    rdpHigh: uint256('rdp_high'),
    /** The enclave's signature over the receipt, where the delivering transaction shows it. */
    enclaveSig: hex('enclave_sig'),
    /** Sums over all attempts. */
    providerPaid: uint256('provider_paid').notNull(),
    treasuryPaid: uint256('treasury_paid').notNull(),
    datasetPaid: uint256('dataset_paid').notNull(),
    refunded: uint256('refunded').notNull(),
    /** What became of the reservation of privacy loss. */
    budget: text('budget').$type<'held' | 'spent' | 'released'>().notNull(),
    createdAt: seconds('created_at').notNull(),
    updatedAt: seconds('updated_at').notNull(),
  },
  (table) => [
    index('chain_jobs_state').on(table.state, table.createdAt),
    index('chain_jobs_developer').on(table.developer),
    index('chain_jobs_provider').on(table.provider),
    index('chain_jobs_dataset').on(table.datasetId),
  ],
);

/** Datasets with their terms, and their ledger as the chain had it at the last change. */
export const datasetsTable = pgTable(
  'chain_datasets',
  {
    datasetId: hex('dataset_id').primaryKey(),
    owner: address('owner').notNull(),
    digest: hex('digest').notNull(),
    schemaDigest: hex('schema_digest').notNull(),
    manifestDigest: hex('manifest_digest').notNull(),
    policyDigest: hex('policy_digest').notNull(),
    epsilonCapMicro: bigint('epsilon_cap_micro', { mode: 'number' }).notNull(),
    deltaExponent: integer('delta_exponent').notNull(),
    fee: uint256('fee').notNull(),
    minLevel: integer('min_level').notNull(),
    unit: hex('unit').notNull(),
    retired: boolean('retired').notNull(),
    spentLow: uint256('spent_low').notNull(),
    spentHigh: uint256('spent_high').notNull(),
    reservedLow: uint256('reserved_low').notNull(),
    reservedHigh: uint256('reserved_high').notNull(),
    createdAt: seconds('created_at').notNull(),
  },
  (table) => [index('chain_datasets_owner').on(table.owner)],
);

/** Providers, and accounts that a verifier spoke about before they registered. */
export const providersTable = pgTable('chain_providers', {
  account: address('account').primaryKey(),
  url: text('url').notNull(),
  /** Micro-units of work a second; 0 = never registered. */
  speed: uint256('speed').notNull(),
  active: boolean('active').notNull(),
  alphaGwei: uint256('alpha_gwei').notNull(),
  betaGwei: uint256('beta_gwei').notNull(),
  /** Of the newest attestation; counts until `levelUntil`, and while its verifier holds the role. */
  level: integer('level').notNull(),
  levelUntil: seconds('level_until').notNull(),
  evidenceId: hex('evidence_id'),
  /** Wei of stake that running jobs hold. */
  locked: uint256('locked').notNull(),
  createdAt: seconds('created_at'),
});

/** What each account has in Jobs, in wei. */
export const balancesTable = pgTable('chain_balances', {
  account: address('account').primaryKey(),
  amount: uint256('amount').notNull(),
});

export type JobRow = typeof jobsTable.$inferSelect;
export type DatasetRow = typeof datasetsTable.$inferSelect;
export type ProviderRow = typeof providersTable.$inferSelect;
export type BalanceRow = typeof balancesTable.$inferSelect;
