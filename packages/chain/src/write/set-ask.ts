import { providersAbi } from '../abis.ts';
import type { ChainWriter, MinedTransaction } from '../client/chain-writer.ts';
import { callContract } from './call-contract.ts';

/**
 * Posts the account's rate for reserved work, in wei a unit; the first may be any, later ones move within bounds an epoch.
 *
 * @throws `chain.providersUnknown`, and the contract's error for a move beyond its bounds
 */
export const setAsk = (writer: ChainWriter, { ask, key }: { ask: bigint; key: string }): Promise<MinedTransaction> =>
  callContract(writer, { key, contract: 'providers', abi: providersAbi, functionName: 'setAsk', args: [ask] });
