import type { Address } from '@encryptech/base';
import { rewardsAbi } from '../abis.ts';
import type { ChainWriter, MinedTransaction } from '../client/chain-writer.ts';
import { callContract } from '../write/call-contract.ts';

/** Scores providers for the epoch before the running one. Anybody may, also again: only a higher score replaces one. */
export const tallyRewards = (
  writer: ChainWriter,
  { providers, key }: { providers: readonly Address[]; key: string },
): Promise<MinedTransaction> =>
  callContract(writer, { key, contract: 'rewards', abi: rewardsAbi, functionName: 'tally', args: [providers] });
