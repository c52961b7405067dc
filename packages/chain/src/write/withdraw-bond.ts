import { attestationsAbi } from '../abis.ts';
import type { ChainWriter, MinedTransaction } from '../client/chain-writer.ts';
import { callContract } from './call-contract.ts';

/**
 * Pays a verifier's bond out, 37 days after it left.
 *
 * @throws `chain.attestationsBondState` `chain.attestationsStillUnbonding`
 */
export const withdrawBond = (writer: ChainWriter, { key }: { key: string }): Promise<MinedTransaction> =>
  callContract(writer, {
    ...{ key, contract: 'attestations', abi: attestationsAbi, functionName: 'withdrawBond', args: [] },
  });
