import type { Hex } from '@encryptech/base';
import type { Address, Log } from 'viem';
import type { Deployment } from '../deployment.ts';

/** A call that changes the chain. */
export interface ChainCall {
  /** Names the action for the account: the same key is never executed twice by a durable writer. */
  key: string;
  to: Address;
  data: Hex;
  /** Of the chain's own coin, in wei; by default 0. */
  value?: bigint;
  /** Gas limit; estimated when absent. */
  gas?: bigint;
}

/** A transaction that was executed and did not revert. */
export interface MinedTransaction {
  hash: Hex;
  blockNumber: bigint;
  blockHash: Hex;
  gasUsed: bigint;
  logs: readonly Log[];
}

/**
 * Sends calls of one account to one deployment; what the write functions of this package take as their first argument.
 * Daemons use `createIntentSender`, which survives crashes; a browser wallet is behind `createWalletWriter`.
 */
export interface ChainWriter {
  readonly deployment: Deployment;
  readonly account: Address;
  /**
   * Resolves when the call is mined.
   *
   * @throws the contract's error by its code; `chain.unreachable` `chain.noGasMoney` `chain.notMined` `chain.rejected`
   */
  send(call: ChainCall): Promise<MinedTransaction>;
}
