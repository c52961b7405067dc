import type { Hex } from '@encryptech/base';
import type { Address } from 'viem';
import type { Log } from '../log.ts';
import type { AnvilClient } from './anvil-rpc.ts';
import type { ChainKeys } from './chain-keys.ts';

export interface EmbeddedChainOptions {
  /** The folder of state, keys and record; made with mode 0700 when missing. */
  dir: string;
  /** The TCP port on 127.0.0.1; by default the one of the last run if free, else any. */
  port?: number;
  /** By default 31337. Counts for a new chain; an old one keeps its own. */
  chainId?: number;
  log?: Log;
  /** How often a changed state is saved; by default 5,000. What came after the last save is lost to a power cut only. */
  saveIntervalMs?: number;
  /** How far in the past a new chain begins; by default two days, so that stake of the set-up counts at once. */
  genesisAgeSec?: number;
  /** What to do when another living process runs the chain of this folder: throw (the default), or use it. */
  ifRunning?: 'fail' | 'attach';
  /** Web pages of this origin may call the chain. */
  allowOrigin?: string;
  /** The mnemonic of a new chain, for tests that need fixed addresses; random by default. */
  mnemonic?: string;
  startTimeoutMs?: number;
}

/** A running embedded chain. */
export interface EmbeddedChain {
  readonly rpcUrl: string;
  readonly chainId: number;
  readonly port: number;
  readonly genesisHash: Hex;
  /** True when this start made the genesis block. */
  readonly fresh: boolean;
  /** False when another process runs the chain and this one only uses it. */
  readonly owned: boolean;
  readonly keys: ChainKeys;
  readonly client: AnvilClient;
  /** True once the chain's clock shows the present. */
  setupDone(): boolean;
  /** Sets the chain's clock from the set-up's past to the present. Nothing happens the second time. */
  finishSetup(): Promise<void>;
  /** Gives an account at least that much ether for gas; by default 100. */
  fund(address: Address, wei?: bigint): Promise<void>;
  /** Moves the chain's clock forward and mines one block; the clock stays ahead until the chain is started again. */
  advanceTime(seconds: number): Promise<void>;
  /** Saves the state now. */
  save(): Promise<void>;
  /** Saves the state and ends anvil; only lets go of it when the chain is not owned. */
  stop(): Promise<void>;
  /** Resolves when anvil ends; `expected` when {@link EmbeddedChain.stop} ended it. */
  readonly exited: Promise<{ expected: boolean }>;
}
