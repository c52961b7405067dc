import type { Address, Hex } from 'viem';
import { accessManagerAbi } from '../abis.ts';
import type { ChainWriter, MinedTransaction } from '../client/chain-writer.ts';
import { callContract } from '../write/call-contract.ts';

/**
 * Schedules a restricted call, as early as the caller's delay allows, or from second `when` on.
 *
 * @throws `chain.accessManagerUnauthorizedCall` (no role, no delay, or too early) `chain.accessManagerAlreadyScheduled`
 */
export const scheduleCall = (
  writer: ChainWriter,
  { target, data, when = 0, key }: { target: Address; data: Hex; when?: number; key: string },
): Promise<MinedTransaction> =>
  callContract(writer, {
    ...{ key, contract: 'accessManager', abi: accessManagerAbi, functionName: 'schedule', args: [target, data, when] },
  });
