import type { Hex } from '@encryptech/base';
import { datasetsAbi } from '../abis.ts';
import type { ChainWriter, MinedTransaction } from '../client/chain-writer.ts';
import { callContract } from './call-contract.ts';

/** Publishes the head of the account's release log. */
export const anchorLog = (writer: ChainWriter, { head }: { head: Hex }): Promise<MinedTransaction> =>
  callContract(writer, {
    ...{ key: `anchorLog:${head}`, contract: 'datasets', abi: datasetsAbi, functionName: 'anchorLog', args: [head] },
  });
