import { attestationsAbi } from '../abis.ts';
import type { ChainWriter, MinedTransaction } from '../client/chain-writer.ts';
import { callContract } from './call-contract.ts';

/**
 * Sets how many verifiers must sign a result, 1 to 16 (role PARAMETERS). What is on record is measured by it too.
 *
 * @throws `chain.attestationsBadThreshold` `chain.accessManagedUnauthorized` `chain.accessManagedRequiredDelay`
 */
export const setAttestationThreshold = (
  writer: ChainWriter,
  { threshold, key }: { threshold: number; key: string },
): Promise<MinedTransaction> =>
  callContract(writer, {
    ...{ key, contract: 'attestations', abi: attestationsAbi, functionName: 'setThreshold', args: [threshold] },
  });
