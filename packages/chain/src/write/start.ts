import type { Address, Hex, JobId } from '@encryptech/base';
import { jobsAbi } from '../abis.ts';
import type { ChainWriter, MinedTransaction } from '../client/chain-writer.ts';
import { callContract } from './call-contract.ts';

/**
 * Registers the enclave of an attempt, as its provider, within the start window.
 *
 * @throws `chain.jobsTooLate` `chain.jobsWrongState` `chain.jobsNotAllowed` `chain.jobsBadEnclaveKey`
 */
export const start = (
  writer: ChainWriter,
  { jobId, attempt, enclaveKey, evidenceId }: { jobId: JobId; attempt: number; enclaveKey: Address; evidenceId: Hex },
): Promise<MinedTransaction> =>
  callContract(writer, {
    ...{ key: `start:${jobId}:${attempt}`, contract: 'jobs', abi: jobsAbi, functionName: 'start' },
    args: [jobId, enclaveKey, evidenceId],
  });
