import { capacityAbi, emissionsAbi, stakingAbi } from '../abis.ts';
import type { ChainClient } from '../client/create-chain-client.ts';
import { decodingErrors } from '../client/decode-chain-error.ts';

/** Where the providers' emission stands. Amounts in wei. */
export interface EmissionFacts {
  total: bigint;
  remaining: bigint;
  allotted: bigint;
  minted: bigint;
  /** The part of the curve that is emitted, in basis points. */
  factorBps: number;
  epoch: bigint;
  epochLengthSec: bigint;
  /** What the running epoch emits if nobody uses any capacity, and if demand meets its target: it lies between the two. */
  next: { least: bigint; most: bigint };
  /** P_total of the running epoch, in micro-units. */
  capacityUnits: bigint;
}

/** The emission now; amounts as of `blockNumber`, the running epoch by the clock of the pending block. */
export async function emissionFacts(client: ChainClient, blockNumber: bigint): Promise<EmissionFacts> {
  const { public: node, deployment } = client;
  const { emissions, staking, capacity } = deployment.contracts;
  const sums = { address: emissions, abi: emissionsAbi, blockNumber } as const;
  const now = { blockTag: 'pending' } as const;
  const curve = { address: emissions, abi: emissionsAbi, ...now } as const;
  const read = async (): Promise<EmissionFacts> => {
    const [total, remaining, allotted, minted, epoch, epochLengthSec] = await Promise.all([
      node.readContract({ ...sums, functionName: 'TOTAL' }),
      node.readContract({ ...sums, functionName: 'remaining' }),
      node.readContract({ ...sums, functionName: 'allotted' }),
      node.readContract({ ...sums, functionName: 'minted' }),
      node.readContract({ address: staking, abi: stakingAbi, functionName: 'epoch', ...now }),
      node.readContract({ address: staking, abi: stakingAbi, functionName: 'EPOCH_LENGTH', ...now }),
    ]);
    const [least, most, factorBps, capacityUnits] = await Promise.all([
      node.readContract({ ...curve, functionName: 'emissionOf', args: [epoch, 0n, 1n] }),
      node.readContract({ ...curve, functionName: 'emissionOf', args: [epoch, 1n, 1n] }),
      node.readContract({ ...curve, functionName: 'factorAt', args: [epoch] }),
      node.readContract({ address: capacity, abi: capacityAbi, functionName: 'unitsAt', args: [epoch], ...now }),
    ]);
    return {
      ...{ total, remaining, allotted, minted, factorBps: Number(factorBps), epoch, epochLengthSec },
      ...{ next: { least, most }, capacityUnits },
    };
  };
  return decodingErrors(read());
}
