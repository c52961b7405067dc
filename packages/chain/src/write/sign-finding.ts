import type { Hex } from '@encryptech/base';
import type { LocalAccount } from 'viem';
import type { Deployment } from '../deployment.ts';
import type { AttestationFinding } from './record-attestation.ts';

/** The EIP-712 type of a verifier's finding, in the order that the contract hashes. */
const types = {
  AttestationResult: [
    { name: 'subject', type: 'address' },
    { name: 'level', type: 'uint8' },
    { name: 'evidenceId', type: 'bytes32' },
    { name: 'policyDigest', type: 'bytes32' },
    { name: 'issuedAt', type: 'uint64' },
    { name: 'expiresAt', type: 'uint64' },
  ],
} as const;

/** A verifier's signature over its finding, bound to the chain and the Attestations contract of the deployment. */
export const signFinding = (
  finding: AttestationFinding,
  { chainId, contracts }: Pick<Deployment, 'chainId' | 'contracts'>,
  verifier: Pick<LocalAccount, 'signTypedData'>,
): Promise<Hex> =>
  verifier.signTypedData({
    domain: { name: 'Encryptech', version: '1', chainId, verifyingContract: contracts.attestations },
    types,
    primaryType: 'AttestationResult',
    message: { ...finding },
  });
