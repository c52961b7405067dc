import type { Hex } from '@encryptech/base';
import type { TransactionReceipt } from 'viem';
import type { ChainClient } from './create-chain-client.ts';
import { decodeChainError } from './decode-chain-error.ts';

/** The receipt of a transaction, once it is executed. @throws `chain.unreachable` */
export async function findReceipt({ public: node }: ChainClient, hash: Hex): Promise<TransactionReceipt | undefined> {
  try {
    return await node.getTransactionReceipt({ hash });
  } catch (error) {
    if ((error as Error).name !== 'TransactionReceiptNotFoundError') throw decodeChainError(error);
    return undefined;
  }
}
