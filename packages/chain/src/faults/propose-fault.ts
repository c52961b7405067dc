import type { Hex } from '@encryptech/base';
import { parseEventLogs } from 'viem';
import { faultsAbi } from '../abis.ts';
import type { ChainClient } from '../client/create-chain-client.ts';
import type { ChainWriter } from '../client/chain-writer.ts';
import { decodingErrors } from '../client/decode-chain-error.ts';
import { approve } from '../write/approve.ts';
import { callContract } from '../write/call-contract.ts';

/** The bond that a proposal or a contest takes now, in wei. */
export const faultBond = async ({ public: node, deployment }: ChainClient): Promise<bigint> => {
  const { bond } = await decodingErrors(
    node.readContract({ address: deployment.contracts.faults, abi: faultsAbi, functionName: 'parameters' }),
  );
  return bond;
};

/**
 * Proposes a fault with its evidence and puts up the bond: an approval, then the proposal. It comes back with the penalty,
 * and is lost when the fault is contested and not upheld.
 *
 * @throws `chain.faultEvidenceNoFault` `chain.faultEvidenceNoSuchAttempt` `chain.faultsAlreadyProposed` `chain.faultsTooLate`
 */
export async function proposeFault(
  writer: ChainWriter,
  { evidence, bond, key }: { evidence: Hex; bond: bigint; key: string },
): Promise<{ faultId: bigint; decideBy: number; hash: Hex }> {
  await approve(writer, { spender: 'faults', amount: bond, key: `${key}:approve` });
  const { hash, logs } = await callContract(writer, {
    ...{ key, contract: 'faults', abi: faultsAbi, functionName: 'propose', args: [evidence] },
  });
  const [proposed] = parseEventLogs({ abi: faultsAbi, logs: [...logs], eventName: 'FaultProposed' });
  return { faultId: proposed!.args.faultId, decideBy: Number(proposed!.args.contestEnds), hash };
}
