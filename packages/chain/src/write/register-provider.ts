import { providersAbi } from '../abis.ts';
import type { ChainWriter, MinedTransaction } from '../client/chain-writer.ts';
import { callContract } from './call-contract.ts';

/**
 * Registers the account as an active provider. `speed` is micro-units of work a second.
 *
 * @throws `chain.providersAlreadyRegistered` `chain.providersBadTerms` `chain.enforcedPause`
 */
export const registerProvider = (
  writer: ChainWriter,
  { url, speed }: { url: string; speed: bigint },
): Promise<MinedTransaction> =>
  callContract(writer, {
    ...{
      key: 'registerProvider',
      contract: 'providers',
      abi: providersAbi,
      functionName: 'register',
      args: [url, speed],
    },
  });
