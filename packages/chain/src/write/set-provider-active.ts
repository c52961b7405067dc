import { providersAbi } from '../abis.ts';
import type { ChainWriter, MinedTransaction } from '../client/chain-writer.ts';
import { callContract } from './call-contract.ts';

/**
 * Makes the provider take new jobs or stop taking them; running jobs go on.
 *
 * @throws `chain.providersUnknown` `chain.enforcedPause`
 */
export const setProviderActive = (
  writer: ChainWriter,
  { active, key }: { active: boolean; key: string },
): Promise<MinedTransaction> =>
  callContract(writer, { key, contract: 'providers', abi: providersAbi, functionName: 'setActive', args: [active] });
