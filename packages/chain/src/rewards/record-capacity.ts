import type { Address, Hex } from '@encryptech/base';
import type { LocalAccount } from 'viem';
import { capacityAbi } from '../abis.ts';
import type { ChainWriter, MinedTransaction } from '../client/chain-writer.ts';
import type { Deployment } from '../deployment.ts';
import { callContract } from '../write/call-contract.ts';

/** What a verifier measured of a provider. Times are seconds since 1970. */
export interface CapacityProof {
  provider: Address;
  /** Micro-units of work a second. */
  speed: bigint;
  /** Digest of the measurement's record. */
  evidence: Hex;
  issuedAt: bigint;
  expiresAt: bigint;
}

const types = {
  CapacityProof: [
    { name: 'provider', type: 'address' },
    { name: 'speed', type: 'uint64' },
    { name: 'evidence', type: 'bytes32' },
    { name: 'issuedAt', type: 'uint64' },
    { name: 'expiresAt', type: 'uint64' },
  ],
} as const;

/** A verifier's signature over a measurement, for this chain and contract (EIP-712). */
export const signCapacityProof = (
  { chainId, contracts }: Deployment,
  verifier: Pick<LocalAccount, 'signTypedData'>,
  proof: CapacityProof,
): Promise<Hex> =>
  verifier.signTypedData({
    domain: { name: 'Encryptech', version: '1', chainId, verifyingContract: contracts.capacity },
    types,
    primaryType: 'CapacityProof',
    message: proof,
  });

/**
 * Puts a measurement on record; it counts from the next epoch. Anybody may submit it.
 *
 * @throws `chain.capacityUnknownVerifier` `chain.capacitySuperseded` `chain.capacityBadTimes` `chain.capacityUnknownProvider`
 */
export const recordCapacity = (
  writer: ChainWriter,
  { proof, signature }: { proof: CapacityProof; signature: Hex },
): Promise<MinedTransaction> =>
  callContract(writer, {
    ...{ key: `capacity:${proof.provider}:${proof.issuedAt}`, contract: 'capacity', abi: capacityAbi },
    ...{ functionName: 'record', args: [proof, signature] },
  });
