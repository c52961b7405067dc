import { isAddressEqual } from 'viem/utils';
import type { Address, Hex, JobId } from '@encryptech/base';
import { openReleasedKeys, verifyKeyRelease, type ReleasedKeys, type SigningDomain } from '@encryptech/protocol';
import type { AcceptedChallenge } from './challenge-guard.ts';
import type { ReleaseBody } from './enclave-pipe.ts';
import { enclaveError, type EnclaveErrorCode } from './errors.ts';

export interface ReleaseScope {
  readonly jobId: JobId;
  readonly attempt: number;
  readonly signer: Address;
  readonly domain: SigningDomain;
  /** The challenge that this evidence answered and the key that it binds, if it is evidence of this enclave. */
  readonly answered: (evidenceId: Hex) => AnsweredChallenge | undefined;
}

/** A challenge that evidence was given for. */
export interface AnsweredChallenge extends AcceptedChallenge {
  /** Of the KEM that the challenge asked for. */
  readonly envelopeSecretKey: Uint8Array;
}

/**
 * The keys of a release that is for this attempt and enclave, signed by who challenged it (the dataset's owner, or the
 * owner's delegate), under the policy of the challenge that was answered. A refused one changes nothing.
 *
 * @throws `enclave.releaseMismatch`, `enclave.releaseSigner`, `sealing.envelopeRejected`
 */
export async function acceptRelease(body: ReleaseBody, scope: ReleaseScope): Promise<ReleasedKeys> {
  const { release, signature, sealedKeys } = body;
  if (release.jobId !== scope.jobId || release.attempt !== scope.attempt) {
    throw refused('enclave.releaseMismatch', 'The release is for another attempt.', 'attempt');
  }
  if (!isAddressEqual(release.enclaveKey, scope.signer)) {
    throw refused('enclave.releaseMismatch', 'The release is for another enclave.', 'enclaveKey');
  }
  const answered = scope.answered(release.evidenceId);
  if (answered === undefined) {
    throw refused(
      'enclave.releaseMismatch',
      'The release answers evidence that this enclave did not give.',
      'evidenceId',
    );
  }
  const { challenge, envelopeSecretKey } = answered;
  if (release.policyDigest !== challenge.policyDigest) {
    throw refused('enclave.releaseMismatch', 'The release names another policy than its challenge.', 'policyDigest');
  }
  try {
    await verifyKeyRelease(release, signature, scope.domain, answered.signer);
  } catch {
    throw refused('enclave.releaseSigner', 'The release is not signed by who challenged this enclave.', 'signature');
  }
  return openReleasedKeys(sealedKeys, {
    secretKey: envelopeSecretKey,
    challenge,
    domain: scope.domain,
    evidenceId: release.evidenceId,
  });
}

const refused = (code: EnclaveErrorCode, message: string, place: string) => enclaveError({ code, message, place });
