import type { Address } from '@encryptech/base';
import { faultsAbi } from '../abis.ts';
import type { ChainClient } from '../client/create-chain-client.ts';
import { decodingErrors } from '../client/decode-chain-error.ts';
import { inBatches } from '../economy/in-batches.ts';

/** What a provider can be at fault for, in the contract's order. */
export const FAULT_KINDS = [
  ...['late', 'unavailable', 'notServed', 'attestation'],
  ...['wrongResult', 'privacy', 'twoResults'],
] as const;
/** How far a fault has come, in the contract's order. */
export const FAULT_STATES = ['none', 'proposed', 'contested', 'upheld', 'executed', 'voided'] as const;

type Stored = Awaited<ReturnType<typeof readFault>>;

/** A fault as the contract has it; kind and state by name, amounts in wei. */
export type FaultFacts = Omit<Stored, 'kind' | 'state'> & {
  id: bigint;
  kind: string;
  state: (typeof FAULT_STATES)[number];
  /** What an execution now would set as the penalty. */
  penaltyNow: bigint;
};

/** All faults that were ever proposed after the one of that number, newest first; of one provider where one is named. */
export async function listFaults(client: ChainClient, provider?: Address, after = 0n): Promise<FaultFacts[]> {
  const { public: node, deployment } = client;
  const contract = { address: deployment.contracts.faults, abi: faultsAbi } as const;
  const count = await decodingErrors(node.readContract({ ...contract, functionName: 'count' }));
  const ids = Array.from({ length: Math.max(0, Number(count - after)) }, (_, index) => count - BigInt(index));
  const faults = await decodingErrors(
    inBatches(ids, async (id): Promise<FaultFacts> => {
      const fault = await readFault(client, id);
      const isOpen = fault.state >= 1 && fault.state <= 3;
      const penaltyNow = isOpen
        ? await node.readContract({ ...contract, functionName: 'penaltyOf', args: [id] })
        : fault.penalty;
      const kind = FAULT_KINDS[fault.kind] ?? String(fault.kind);
      return { ...fault, id, kind, state: FAULT_STATES[fault.state] ?? 'none', penaltyNow };
    }),
  );
  return faults.filter((fault) => provider === undefined || fault.provider.toLowerCase() === provider.toLowerCase());
}

const readFault = ({ public: node, deployment }: ChainClient, id: bigint) =>
  node.readContract({ address: deployment.contracts.faults, abi: faultsAbi, functionName: 'fault', args: [id] });

/** What the account can withdraw from the faults' contract, in wei. */
export const faultBalance = ({ public: node, deployment }: ChainClient, account: Address): Promise<bigint> =>
  decodingErrors(
    node.readContract({
      ...{ address: deployment.contracts.faults, abi: faultsAbi, functionName: 'balanceOf', args: [account] },
    }),
  );
