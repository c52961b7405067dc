import { jobsAbi } from '../abis.ts';
import type { ChainWriter, MinedTransaction } from '../client/chain-writer.ts';
import { callContract } from './call-contract.ts';

/** Voids every order, offer and grant of the account with this nonce for new matches. */
export const cancelNonce = (writer: ChainWriter, { nonce }: { nonce: bigint }): Promise<MinedTransaction> =>
  callContract(writer, {
    ...{ key: `cancelNonce:${nonce}`, contract: 'jobs', abi: jobsAbi, functionName: 'cancelNonce', args: [nonce] },
  });
