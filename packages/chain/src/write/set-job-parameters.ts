import { jobsAbi } from '../abis.ts';
import type { ChainWriter, MinedTransaction } from '../client/chain-writer.ts';
import type { JobParameters } from '../job-parameters.ts';
import { callContract } from './call-contract.ts';

/**
 * Sets the parameters of new matches, with the role PARAMETERS; jobs that are matched keep theirs.
 *
 * @throws `chain.jobsBadParameter` `chain.accessManagedUnauthorized` `chain.accessManagedRequiredDelay`
 */
export const setJobParameters = (
  writer: ChainWriter,
  { parameters, key }: { parameters: JobParameters; key: string },
): Promise<MinedTransaction> =>
  callContract(writer, { key, contract: 'jobs', abi: jobsAbi, functionName: 'setParameters', args: [parameters] });
