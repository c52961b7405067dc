import type { JobId } from '@encryptech/base';
import type { JobOrder } from '@encryptech/protocol';
import { jobsAbi } from '../abis.ts';
import type { ChainWriter, MinedTransaction } from '../client/chain-writer.ts';
import { callContract } from './call-contract.ts';

/**
 * Ends a Matched or Expired job and refunds its escrow, as its developer.
 *
 * @throws `chain.jobsWrongState` `chain.jobsNotAllowed`
 */
export const cancel = (
  writer: ChainWriter,
  { order, jobId }: { order: JobOrder; jobId: JobId },
): Promise<MinedTransaction> =>
  callContract(writer, {
    key: `cancel:${jobId}`,
    contract: 'jobs',
    abi: jobsAbi,
    functionName: 'cancel',
    args: [order],
  });
