import type { JobId } from '@encryptech/base';
import type { JobOrder } from '@encryptech/protocol';
import { jobsAbi } from '../abis.ts';
import type { ChainWriter, MinedTransaction } from '../client/chain-writer.ts';
import { callContract } from './call-contract.ts';

/**
 * Ends the reservation of privacy loss of a job that will not be delivered: released for the dataset's owner where no checkpoint
 * exists, spent for anybody else, who must wait for the order and a grace period to run out.
 *
 * @throws `chain.jobsTooEarly` `chain.jobsWrongState` `chain.jobsNoBudgetHeld`
 */
export const close = (
  writer: ChainWriter,
  { order, jobId }: { order: JobOrder; jobId: JobId },
): Promise<MinedTransaction> =>
  callContract(writer, { key: `close:${jobId}`, contract: 'jobs', abi: jobsAbi, functionName: 'close', args: [order] });
