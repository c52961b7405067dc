import { jobsAbi } from '../abis.ts';
import type { ChainWriter, MinedTransaction } from '../client/chain-writer.ts';
import { callContract } from './call-contract.ts';

/** Sends the fees of settled work to the treasury. Anybody may. */
export const collectFees = (writer: ChainWriter, { key }: { key: string }): Promise<MinedTransaction> =>
  callContract(writer, { key, contract: 'jobs', abi: jobsAbi, functionName: 'collectFees', args: [] });
