import type { Address } from '@encryptech/base';
import { rewardsAbi } from '../abis.ts';
import type { ChainWriter, MinedTransaction } from '../client/chain-writer.ts';
import { callContract } from '../write/call-contract.ts';

/**
 * Pays a provider its rewards for epochs that are at least two back; those with nothing due are passed over. Anybody may: the
 * ENC goes to the provider.
 *
 * @throws `chain.rewardsNotOpen`
 */
export const claimRewards = (
  writer: ChainWriter,
  { provider, epochs }: { provider: Address; epochs: readonly bigint[] },
): Promise<MinedTransaction> =>
  callContract(writer, {
    ...{ key: `claim:${provider}:${epochs.join(',')}`, contract: 'rewards', abi: rewardsAbi },
    ...{ functionName: 'claimMany', args: [epochs, provider] },
  });
