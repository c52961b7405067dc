import type { Address } from '@encryptech/base';
import { capacityAbi } from '../abis.ts';
import type { ChainWriter, MinedTransaction } from '../client/chain-writer.ts';
import { callContract } from '../write/call-contract.ts';

/**
 * Puts on record in which slots of an epoch (the running one or the one before) providers answered: bit i = slot i. Roles
 * MATCHER and VERIFIER. Adds to what is there.
 *
 * @throws `chain.capacityNotMonitor` `chain.capacityWrongEpoch` `chain.capacityBadBeats`
 */
export const postBeats = (
  writer: ChainWriter,
  { epoch, beats, key }: { epoch: bigint; beats: readonly { provider: Address; bitmap: bigint }[]; key: string },
): Promise<MinedTransaction> => {
  const args = [epoch, beats.map(({ provider }) => provider), beats.map(({ bitmap }) => bitmap)] as const;
  return callContract(writer, { key, contract: 'capacity', abi: capacityAbi, functionName: 'post', args });
};
