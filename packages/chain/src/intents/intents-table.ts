import { bigint, index, integer, jsonb, pgTable, primaryKey, serial, text, unique } from 'drizzle-orm/pg-core';
import { address, hex, uint256 } from '../database/columns.ts';
import type { Intent, IntentStatus } from './intent.ts';

/** What the sender of a daemon wants on the chain, and how far it got. */
export const intentsTable = pgTable(
  'chain_intents',
  {
    chain: text('chain').notNull(),
    sender: address('sender').notNull(),
    key: text('key').notNull(),
    ordinal: serial('ordinal').notNull(),
    to: address('to').notNull(),
    data: hex('data').notNull(),
    value: uint256('value').notNull(),
    gas: uint256('gas'),
    status: text('status').$type<IntentStatus>().notNull(),
    nonce: integer('nonce'),
    transactions: jsonb('transactions').$type<Intent['transactions']>().notNull(),
    minedHash: hex('mined_hash'),
    minedBlock: bigint('mined_block', { mode: 'bigint' }),
    minedBlockHash: hex('mined_block_hash'),
    errorCode: text('error_code'),
    errorMessage: text('error_message'),
    attempts: integer('attempts').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.chain, table.sender, table.key] }),
    unique('chain_intents_nonce').on(table.chain, table.sender, table.nonce),
    index('chain_intents_status').on(table.chain, table.sender, table.status),
    index('chain_intents_mined').on(table.chain, table.sender, table.minedBlock),
  ],
);
