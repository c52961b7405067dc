import { errorsOf } from '@encryptech/base';
import type { ContractErrorCode } from './contract-errors.ts';

/** Every code of this package that does not come from a contract. */
export type ChainProblemCode =
  /** No anvil executable on this machine. */
  | 'chain.anvilMissing'
  /** anvil ended or stayed silent while starting. */
  | 'chain.startFailed'
  /** Another process runs the embedded chain of this folder. */
  | 'chain.alreadyRunning'
  /** The chosen port belongs to another program. */
  | 'chain.portTaken'
  /** No saved state of the embedded chain can be read. */
  | 'chain.stateUnreadable'
  /** The key file of the embedded chain is missing its secret or open to others. */
  | 'chain.keysUnreadable'
  /** The node did not answer. */
  | 'chain.unreachable'
  /** The node serves another chain than the deployment names. */
  | 'chain.wrongChain'
  /** The deployment document breaks its format, or its contracts are not on the chain. */
  | 'chain.badDeployment'
  /** The roles on the chain are not the ones that the deployment must have. */
  | 'chain.roleMismatch'
  /** The account holds too little of the chain's own coin to pay for gas. */
  | 'chain.noGasMoney'
  /** A call reverted without an error that the ABIs know. */
  | 'chain.reverted'
  /** The node refused the call or the transaction for another reason. */
  | 'chain.rejected'
  /** The wallet's user said no. */
  | 'chain.declined'
  /** The transaction is not mined within the time allowed. */
  | 'chain.notMined'
  /** The intent's key already stands for another transaction. */
  | 'chain.intentConflict'
  /** The store of intents cannot be read or written. */
  | 'chain.storeFailed'
  /** The database cannot be opened or migrated. */
  | 'chain.databaseFailed'
  /** The logs of the node contradict its blocks, or its history ends before the cursor's ancestors. */
  | 'chain.inconsistentNode'
  /** A change of the team's that names nothing, or a value that its contract would not take. */
  | 'chain.badChange'
  /** No such dataset on the chain. */
  | 'chain.unknownDataset';

/** Every code of this package: its own, and one per custom error of the contracts. */
export type ChainErrorCode = ChainProblemCode | ContractErrorCode;

/** Makes the errors of this package. */
export const chainError = errorsOf<ChainErrorCode>();
