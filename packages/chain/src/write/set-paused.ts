import { jobsAbi } from '../abis.ts';
import type { ChainWriter, MinedTransaction } from '../client/chain-writer.ts';
import { callContract } from './call-contract.ts';

/**
 * Stops new business of a contract (role GUARDIAN), or lets it go on (role TEAM). Running jobs, refunds and exits never stop.
 *
 * @throws `chain.accessManagedUnauthorized` `chain.enforcedPause` `chain.expectedPause`
 */
export const setPaused = (
  writer: ChainWriter,
  { contract, paused, key }: { contract: 'jobs' | 'providers' | 'datasets'; paused: boolean; key: string },
): Promise<MinedTransaction> =>
  // The three contracts have these two functions in common.
  callContract(writer, { key, contract, abi: jobsAbi, functionName: paused ? 'pause' : 'unpause', args: [] });
