import type { Hex } from '@encryptech/base';
import type { Address } from 'viem';

/**
 * - `planned`: written down, not signed yet.
 * - `sent`: signed under a nonce; may or may not have reached the chain.
 * - `mined`: executed, in the block of `mined`.
 * - `reverted`: executed and reverted; nothing changed but the nonce.
 * - `failed`: refused before it was sent; nothing changed at all.
 */
export type IntentStatus = 'planned' | 'sent' | 'mined' | 'reverted' | 'failed';

/** One account on one chain: nonces and keys are unique inside. */
export interface IntentScope {
  /** `chainId:genesis hash`: an embedded chain that was begun anew is another chain. */
  chain: string;
  sender: Address;
}

/** What is to be done on the chain: at most once for each key, whatever fails in between. */
export interface NewIntent {
  /** Names the action, not the attempt: `settle:0x12…`. */
  key: string;
  to: Address;
  data: Hex;
  value: bigint;
  /** Gas limit; estimated when absent. */
  gas?: bigint | undefined;
}

export interface Intent extends NewIntent {
  status: IntentStatus;
  nonce: number | undefined;
  /** All transactions ever signed under `nonce`, newest last; at most one of them can be mined. */
  transactions: readonly { hash: Hex; raw: Hex }[];
  /** Where it was executed. */
  mined: { hash: Hex; blockNumber: bigint; blockHash: Hex } | undefined;
  /** Why it failed or reverted. */
  error: { code: string; message: string } | undefined;
  /** How often it was signed under a new nonce. */
  attempts: number;
}
