import { attestationsAbi } from '../abis.ts';
import type { ChainWriter, MinedTransaction } from '../client/chain-writer.ts';
import { callContract } from './call-contract.ts';

/**
 * Begins a verifier's exit: it signs nothing more that counts, and 37 days later the bond can be withdrawn.
 *
 * @throws `chain.attestationsZeroAmount` `chain.attestationsBondState`
 */
export const leaveBond = (writer: ChainWriter, { key }: { key: string }): Promise<MinedTransaction> =>
  callContract(writer, {
    ...{ key, contract: 'attestations', abi: attestationsAbi, functionName: 'leaveBond', args: [] },
  });
