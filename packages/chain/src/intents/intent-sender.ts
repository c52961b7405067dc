import type { ChainWriter } from '../client/chain-writer.ts';
import type { Intent } from './intent.ts';

/** What {@link IntentSender.recover} found and did. */
export interface Recovery {
  /** Keys whose execution a reorganisation or an older state undid; they are under way again. */
  undone: string[];
  /** Keys that were open and are executed now. */
  mined: string[];
  /** Keys that were open and failed or reverted now. */
  failed: string[];
  /** Keys that are still under way. */
  open: string[];
}

/**
 * A {@link ChainWriter} that writes each intent to a store before it sends it, so that a crash at any point neither loses
 * nor repeats it.
 */
export interface IntentSender extends ChainWriter {
  /**
   * Looks after everything that was left open, and after what the chain has forgotten: at start it ran once already; call it
   * again when an indexer or a watcher rolled back. Resolves when each open intent is decided, or `timeoutMs` later.
   */
  recover(): Promise<Recovery>;
  /** Gives up an intent that was not signed yet; `recover` will not send it. False when it is past that. */
  abandon(key: string): Promise<boolean>;
  find(key: string): Promise<Intent | undefined>;
  /** Stops waiting for transactions, which stay open for the next start; `send` then throws `chain.notMined`. */
  close(): Promise<void>;
}
