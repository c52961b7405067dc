import type { Address } from '@encryptech/base';
import { zeroAddress } from 'viem';
import { datasetsAbi } from '../abis.ts';
import type { ChainWriter, MinedTransaction } from '../client/chain-writer.ts';
import { callContract } from './call-contract.ts';

/**
 * Names the one key that may release data keys in the account's place until that second, at most 90 days ahead. Without a key it
 * withdraws: from the next block on nothing that the delegate signs counts.
 */
export function setDelegate(
  writer: ChainWriter,
  { delegate, key }: { delegate: { key: Address; until: number } | undefined; key: string },
): Promise<MinedTransaction> {
  return callContract(writer, {
    ...{ key, contract: 'datasets', abi: datasetsAbi, functionName: 'setDelegate' },
    args: [delegate?.key ?? zeroAddress, BigInt(delegate?.until ?? 0)],
  });
}
