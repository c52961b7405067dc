import type { JobId } from '@encryptech/base';
import { jobsAbi } from '../abis.ts';
import type { ChainWriter, MinedTransaction } from '../client/chain-writer.ts';
import { callContract } from './call-contract.ts';

/**
 * Pays a delivered job once its contest window is over. Anybody may.
 *
 * @throws `chain.jobsTooEarly` `chain.jobsWrongState`
 */
export const settle = (writer: ChainWriter, { jobId }: { jobId: JobId }): Promise<MinedTransaction> =>
  callContract(writer, {
    key: `settle:${jobId}`,
    contract: 'jobs',
    abi: jobsAbi,
    functionName: 'settle',
    args: [jobId],
  });
