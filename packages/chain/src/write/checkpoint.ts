import type { Hex } from '@encryptech/base';
import type { Checkpoint, KeyRelease } from '@encryptech/protocol';
import { jobsAbi } from '../abis.ts';
import type { ChainWriter, MinedTransaction } from '../client/chain-writer.ts';
import { callContract } from './call-contract.ts';

/**
 * Records attested progress before the deadline. `ownerSig` is `0x` when the attempt's release is on record already.
 *
 * @throws `chain.jobsBadStep` `chain.jobsTooLate` `chain.jobsBadSignature` `chain.jobsDocumentMismatch` `chain.jobsWrongState`
 */
export const checkpoint = (
  writer: ChainWriter,
  {
    checkpoint: { jobId, attempt, step, digest },
    enclaveSig,
    release,
    ownerSig,
  }: { checkpoint: Checkpoint; enclaveSig: Hex; release: KeyRelease; ownerSig: Hex },
): Promise<MinedTransaction> =>
  callContract(writer, {
    ...{ key: `checkpoint:${jobId}:${attempt}:${step}`, contract: 'jobs', abi: jobsAbi, functionName: 'checkpoint' },
    args: [jobId, step, digest, enclaveSig, release, ownerSig],
  });
