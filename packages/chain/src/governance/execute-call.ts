import type { Address, Hex } from 'viem';
import { accessManagerAbi } from '../abis.ts';
import type { ChainWriter, MinedTransaction } from '../client/chain-writer.ts';
import { callContract } from '../write/call-contract.ts';

/**
 * Makes a restricted call through the manager: at once for a role without delay, else one that was scheduled and whose time
 * has come. Who scheduled it executes it.
 *
 * @throws `chain.accessManagerNotScheduled` `chain.accessManagerNotReady` `chain.accessManagerExpired`
 * `chain.accessManagerUnauthorizedCall`, and what the called contract says
 */
export const executeCall = (
  writer: ChainWriter,
  { target, data, key }: { target: Address; data: Hex; key: string },
): Promise<MinedTransaction> =>
  callContract(writer, {
    ...{ key, contract: 'accessManager', abi: accessManagerAbi, functionName: 'execute', args: [target, data] },
  });
