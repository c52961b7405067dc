import type { Hex } from '@encryptech/base';
import type { Account, Address, TransactionReceipt } from 'viem';
import { chainError } from '../errors.ts';
import type { MinedTransaction } from './chain-writer.ts';
import type { ChainClient } from './create-chain-client.ts';
import { decodeChainError } from './decode-chain-error.ts';

/** What a receipt says of a transaction that was executed. A reverted one throws the contract's reason, found by calling again. */
export async function minedTransaction(
  client: ChainClient,
  receipt: TransactionReceipt,
  call: { account: Account | Address; to?: Address; data: Hex; value?: bigint },
): Promise<MinedTransaction> {
  if (receipt.status === 'reverted') throw await reasonOfRevert(client, receipt, call);
  const { transactionHash: hash, blockNumber, blockHash, gasUsed, logs } = receipt;
  return { hash, blockNumber, blockHash, gasUsed, logs };
}

async function reasonOfRevert(
  client: ChainClient,
  receipt: TransactionReceipt,
  call: { account: Account | Address; to?: Address; data: Hex; value?: bigint },
): Promise<Error> {
  try {
    await client.public.call({ ...call, blockNumber: receipt.blockNumber });
  } catch (error) {
    const decoded = decodeChainError(error);
    if (decoded.code !== 'chain.unreachable') return decoded;
  }
  return chainError({
    code: 'chain.reverted',
    message: 'The transaction was executed and reverted.',
    data: { transaction: receipt.transactionHash },
  });
}
