import type { Address, Hex } from 'viem';
import { accessManagerAbi } from '../abis.ts';
import type { ChainWriter, MinedTransaction } from '../client/chain-writer.ts';
import { callContract } from '../write/call-contract.ts';

/**
 * Cancels what `caller` scheduled. The caller itself may, an admin, and the guardian of the role that it needs.
 *
 * @throws `chain.accessManagerNotScheduled` `chain.accessManagerUnauthorizedCancel`
 */
export const cancelCall = (
  writer: ChainWriter,
  { caller, target, data, key }: { caller: Address; target: Address; data: Hex; key: string },
): Promise<MinedTransaction> =>
  callContract(writer, {
    ...{ key, contract: 'accessManager', abi: accessManagerAbi, functionName: 'cancel', args: [caller, target, data] },
  });
