import type { Address, Hex } from '@encryptech/base';
import { attestationsAbi } from '../abis.ts';
import type { ChainWriter, MinedTransaction } from '../client/chain-writer.ts';
import { callContract } from './call-contract.ts';

/** What a registered verifier found about a provider. Seconds since 1970. */
export interface AttestationFinding {
  subject: Address;
  level: number;
  evidenceId: Hex;
  policyDigest: Hex;
  issuedAt: bigint;
  expiresAt: bigint;
}

/**
 * Records a verifier's signed finding. Anybody may submit it.
 *
 * @throws `chain.attestationsUnknownVerifier` `chain.attestationsBadTimes` `chain.attestationsSuperseded` `chain.attestationsBadLevel`
 */
export const recordAttestation = (
  writer: ChainWriter,
  { finding, signature }: { finding: AttestationFinding; signature: Hex },
): Promise<MinedTransaction> =>
  callContract(writer, {
    key: `recordAttestation:${finding.subject}:${finding.issuedAt}`,
    ...{ contract: 'attestations', abi: attestationsAbi, functionName: 'record', args: [finding, signature] },
  });
