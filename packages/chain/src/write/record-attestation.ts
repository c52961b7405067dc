import type { Address, Hex } from '@encryptech/base';
import { concat } from 'viem';
import { attestationsAbi } from '../abis.ts';
import type { ChainWriter, MinedTransaction } from '../client/chain-writer.ts';
import { callContract } from './call-contract.ts';

/** What registered verifiers found about a provider. Seconds since 1970. */
export interface AttestationFinding {
  subject: Address;
  level: number;
  evidenceId: Hex;
  policyDigest: Hex;
  /** SHA-256 of the measurement of the code; zeros only at level 0. */
  measurement: Hex;
  /** Hashed identifier of the machine; zeros only at level 0. */
  device: Hex;
  issuedAt: bigint;
  expiresAt: bigint;
}

/** One verifier's signature under a finding. */
export interface FindingSignature {
  readonly verifier: Address;
  readonly signature: Hex;
}

/** Signatures as the contract takes them: joined, in ascending order of their signers. */
export const joinFindingSignatures = (signatures: readonly FindingSignature[]): Hex =>
  concat(
    signatures.toSorted((a, b) => (BigInt(a.verifier) < BigInt(b.verifier) ? -1 : 1)).map(({ signature }) => signature),
  );

/**
 * Records a finding. Anybody may submit it: as many verifiers must have signed as the contract's threshold says, or one
 * where the finding lowers the recorded level under the same policy.
 *
 * @throws `chain.attestationsUnknownVerifier` `chain.attestationsVerifierEjected` `chain.attestationsTooFewSigners`
 * `chain.attestationsBadTimes` `chain.attestationsSuperseded` `chain.attestationsDenied` `chain.attestationsDeviceTaken`
 * `chain.attestationsBadLevel` `chain.attestationsIncomplete`
 */
export const recordAttestation = (
  writer: ChainWriter,
  { finding, signatures }: { finding: AttestationFinding; signatures: readonly FindingSignature[] },
): Promise<MinedTransaction> =>
  callContract(writer, {
    key: `recordAttestation:${finding.subject}:${finding.issuedAt}:${finding.level}`,
    ...{ contract: 'attestations', abi: attestationsAbi, functionName: 'record' },
    args: [finding, joinFindingSignatures(signatures)],
  });
