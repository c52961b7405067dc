import type { Intent, IntentScope, NewIntent } from './intent.ts';

/** What a sender changes. */
export type IntentChange = Partial<Omit<Intent, 'key'>>;

/**
 * Remembers intents over crashes. Every call is durable when it resolves.
 *
 * Implementations pass the suite in `test/intent-store-suite.ts`.
 */
export interface IntentStore {
  /** The intent of that key; written as `planned` if there is none. */
  plan(scope: IntentScope, intent: NewIntent): Promise<Intent>;
  /**
   * Changes an intent and returns it. Members that are `undefined` are cleared, absent ones stay.
   *
   * @throws `chain.intentConflict` when another intent of the scope has the nonce; nothing is changed then
   */
  update(scope: IntentScope, key: string, change: IntentChange): Promise<Intent>;
  find(scope: IntentScope, key: string): Promise<Intent | undefined>;
  /** All planned and sent intents, oldest first. */
  open(scope: IntentScope): Promise<Intent[]>;
  /** Mined and reverted intents by block, newest first: what a reorganisation may have undone. */
  newestMined(scope: IntentScope, limit: number, offset: number): Promise<Intent[]>;
  /** The highest nonce of any intent. */
  highestNonce(scope: IntentScope): Promise<number | undefined>;
  close(): Promise<void>;
}
