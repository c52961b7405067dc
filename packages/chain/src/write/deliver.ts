import type { Hex } from '@encryptech/base';
import type { JobOrder, KeyRelease, Receipt } from '@encryptech/protocol';
import { jobsAbi } from '../abis.ts';
import type { ChainWriter, MinedTransaction } from '../client/chain-writer.ts';
import { callContract } from './call-contract.ts';

/**
 * Records the result before the deadline and spends its privacy loss. `ownerSig` is `0x` when a checkpoint of the attempt
 * carried the release already.
 *
 * @throws `chain.jobsTooLate` `chain.jobsBadSignature` `chain.jobsDocumentMismatch` `chain.jobsWrongState` `chain.datasetsLossAboveReservation`
 */
export const deliver = (
  writer: ChainWriter,
  {
    order,
    receipt,
    enclaveSig,
    release,
    ownerSig,
  }: { order: JobOrder; receipt: Receipt; enclaveSig: Hex; release: KeyRelease; ownerSig: Hex },
): Promise<MinedTransaction> =>
  callContract(writer, {
    ...{ key: `deliver:${receipt.jobId}:${receipt.attempt}`, contract: 'jobs', abi: jobsAbi, functionName: 'deliver' },
    args: [order, receipt, enclaveSig, release, ownerSig],
  });
