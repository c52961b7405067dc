import type { Address } from 'viem';
import { encTokenAbi } from '../abis.ts';
import type { ChainWriter, MinedTransaction } from '../client/chain-writer.ts';
import { callContract } from './call-contract.ts';

/** Sends `amount` wei of ENC. */
export const transfer = (
  writer: ChainWriter,
  { to, amount, key }: { to: Address; amount: bigint; key: string },
): Promise<MinedTransaction> =>
  callContract(writer, { key, contract: 'token', abi: encTokenAbi, functionName: 'transfer', args: [to, amount] });
