import { providersAbi } from '../abis.ts';
import type { ChainWriter, MinedTransaction } from '../client/chain-writer.ts';
import { callContract } from './call-contract.ts';

/**
 * Changes the provider's URL and speed (micro-units of work a second).
 *
 * @throws `chain.providersUnknown` `chain.providersBadTerms`
 */
export const updateProvider = (
  writer: ChainWriter,
  { url, speed, key }: { url: string; speed: bigint; key: string },
): Promise<MinedTransaction> =>
  callContract(writer, { key, contract: 'providers', abi: providersAbi, functionName: 'update', args: [url, speed] });
