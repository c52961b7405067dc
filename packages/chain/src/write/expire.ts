import type { JobId } from '@encryptech/base';
import { jobsAbi } from '../abis.ts';
import type { ChainWriter, MinedTransaction } from '../client/chain-writer.ts';
import { callContract } from './call-contract.ts';

/**
 * Ends an attempt that missed its deadline: pays what a checkpoint covers, refunds the rest. Anybody may.
 *
 * @throws `chain.jobsTooEarly` `chain.jobsWrongState`
 */
export const expire = (
  writer: ChainWriter,
  { jobId, attempt }: { jobId: JobId; attempt: number },
): Promise<MinedTransaction> =>
  callContract(writer, {
    ...{ key: `expire:${jobId}:${attempt}`, contract: 'jobs', abi: jobsAbi, functionName: 'expire', args: [jobId] },
  });
