import type { LocalAccount } from 'viem';
import type { ChainClient } from '../client/create-chain-client.ts';
import type { Log } from '../log.ts';
import type { Intent, IntentScope } from './intent.ts';
import type { IntentStore } from './intent-store.ts';

/** What the parts of a sender share. */
export interface Sending {
  client: ChainClient;
  account: LocalAccount;
  store: IntentStore;
  scope: IntentScope;
  log: Log;
  /** Longest wait for one intent to be mined. */
  timeoutMs: number;
  /** After that long without a receipt the fee is raised. */
  bumpAfterMs: number;
  /** Blocks after which a nonce that another transaction used counts as gone for good. */
  finalityBlocks: number;
  /** Aborts when the sender closes. */
  closing: AbortSignal;
  /** Runs one at a time, in order: whatever chooses a nonce. */
  inTurn<T>(work: () => Promise<T>): Promise<T>;
  /** Hands to the node again what the chain has forgotten, and looks after it from then on. To be called in turn. */
  bringBack(): Promise<void>;
}

export const isOpen = ({ status }: Intent): boolean => status === 'planned' || status === 'sent';
