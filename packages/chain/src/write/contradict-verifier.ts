import type { Hex } from '@encryptech/base';
import { attestationsAbi } from '../abis.ts';
import type { ChainWriter, MinedTransaction } from '../client/chain-writer.ts';
import { callContract } from './call-contract.ts';
import type { AttestationFinding } from './record-attestation.ts';

/** A finding with its one signature. */
export interface SignedFinding {
  readonly finding: AttestationFinding;
  readonly signature: Hex;
}

/**
 * Ejects a verifier that signed two findings about one piece of evidence which can't both be true, and takes its bond: a fifth is
 * the caller's, the rest the treasury's. Anybody may report it.
 *
 * @throws `chain.attestationsNoContradiction` `chain.attestationsUnknownVerifier` `chain.attestationsVerifierEjected`
 */
export const contradictVerifier = (
  writer: ChainWriter,
  { one, other }: { one: SignedFinding; other: SignedFinding },
): Promise<MinedTransaction> =>
  callContract(writer, {
    key: `contradict:${one.finding.evidenceId}:${one.signature.slice(0, 18)}`,
    ...{ contract: 'attestations', abi: attestationsAbi, functionName: 'contradict' },
    args: [one.finding, one.signature, other.finding, other.signature],
  });
