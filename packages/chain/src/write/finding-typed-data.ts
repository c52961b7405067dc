import type { Address } from '@encryptech/base';
import type { Deployment } from '../deployment.ts';
import type { AttestationFinding } from './record-attestation.ts';

const types = {
  AttestationResult: [
    { name: 'subject', type: 'address' },
    { name: 'level', type: 'uint8' },
    { name: 'evidenceId', type: 'bytes32' },
    { name: 'policyDigest', type: 'bytes32' },
    { name: 'measurement', type: 'bytes32' },
    { name: 'device', type: 'bytes32' },
    { name: 'issuedAt', type: 'uint64' },
    { name: 'expiresAt', type: 'uint64' },
  ],
} as const;

/** Where findings count: a chain and its Attestations contract. */
export type FindingDomain = Pick<Deployment, 'chainId'> & { readonly contracts: { readonly attestations: Address } };

/** A finding as EIP-712 data, in the order that the contract hashes, bound to the chain and the contract. */
export const findingTypedData = (finding: AttestationFinding, { chainId, contracts }: FindingDomain) =>
  ({
    domain: { name: 'Encryptech', version: '1', chainId, verifyingContract: contracts.attestations },
    types,
    primaryType: 'AttestationResult',
    message: { ...finding },
  }) as const;
