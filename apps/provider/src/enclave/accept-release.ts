import { isAddressEqual } from 'viem/utils';
import type { Address, Hex, JobId } from '@encryptech/base';
import {
  openReleasedKeys,
  verifyKeyRelease,
  type OwnerChallenge,
  type ReleasedKeys,
  type SigningDomain,
} from '@encryptech/protocol';
import type { ReleaseBody } from './enclave-pipe.ts';
import { enclaveError, type EnclaveErrorCode } from './errors.ts';

export interface ReleaseScope {
  readonly jobId: JobId;
  readonly attempt: number;
  readonly owner: Address;
  readonly signer: Address;
  readonly domain: SigningDomain;
  readonly envelopeSecretKey: Uint8Array;
  /** The challenge that this evidence answered, if it is evidence of this enclave. */
  readonly challengeOf: (evidenceId: Hex) => OwnerChallenge | undefined;
}

/**
 * The keys of a release that is for this attempt and enclave, signed by the dataset's owner, under the policy of the
 * challenge that was answered. A refused one changes nothing.
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
  const challenge = scope.challengeOf(release.evidenceId);
  if (challenge === undefined) {
    throw refused(
      'enclave.releaseMismatch',
      'The release answers evidence that this enclave did not give.',
      'evidenceId',
    );
  }
  if (release.policyDigest !== challenge.policyDigest) {
    throw refused('enclave.releaseMismatch', 'The release names another policy than its challenge.', 'policyDigest');
  }
  try {
    await verifyKeyRelease(release, signature, scope.domain, scope.owner);
  } catch {
    throw refused('enclave.releaseSigner', 'The release is not signed by the owner of the dataset.', 'signature');
  }
  return openReleasedKeys(sealedKeys, {
    secretKey: scope.envelopeSecretKey,
    challenge,
    domain: scope.domain,
    evidenceId: release.evidenceId,
  });
}

const refused = (code: EnclaveErrorCode, message: string, place: string) => enclaveError({ code, message, place });
