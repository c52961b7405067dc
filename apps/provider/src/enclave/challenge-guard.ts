import { isAddressEqual } from 'viem/utils';
import type { Address, DatasetId, Hex, JobId } from '@encryptech/base';
import { verifyOwnerChallenge, type OwnerChallenge, type SigningDomain } from '@encryptech/protocol';
import type { ChallengeBody } from './enclave-pipe.ts';
import { enclaveError, type EnclaveErrorCode } from './errors.ts';

/** What a challenge must be about. */
export interface ChallengeScope {
  readonly owner: Address;
  readonly datasetId: DatasetId;
  readonly jobId: JobId;
  readonly attempt: number;
  readonly domain: SigningDomain;
}

/** A challenge lives five minutes; clocks may differ by one. */
const LONGEST_LIFE_SEC = 360;
/** Each one costs a quote; an owner that lost its connection needs a few. */
const MOST_CHALLENGES = 32;

/**
 * Accepts challenges of the dataset's owner for this job and attempt, each nonce once. A refused one changes nothing, so
 * strangers can neither use up nonces nor the allowance.
 *
 * @returns a function that gives the challenge back or throws `enclave.challengeMismatch`, `enclave.challengeSigner`,
 * `enclave.challengeExpired`, `enclave.challengeReplayed`, `enclave.tooManyChallenges`
 */
export function createChallengeGuard(scope: ChallengeScope, nowSec: () => number) {
  const used = new Set<Hex>();
  return async ({ challenge, signature, chain }: ChallengeBody): Promise<OwnerChallenge> => {
    const { domain } = scope;
    if (chain.id !== domain.chainId || !isAddressEqual(chain.jobs, domain.jobs)) {
      throw refused('enclave.challengeMismatch', 'The challenge is for another chain.', 'chain');
    }
    for (const field of ['datasetId', 'jobId', 'attempt'] as const) {
      if (challenge[field] !== scope[field]) {
        throw refused('enclave.challengeMismatch', `The challenge is for another ${field}.`, field);
      }
    }
    if (!isAddressEqual(challenge.owner, scope.owner)) {
      throw refused('enclave.challengeSigner', 'The challenge is not by the owner of the dataset.', 'owner');
    }
    try {
      await verifyOwnerChallenge(challenge, signature, domain);
    } catch {
      throw refused('enclave.challengeSigner', 'The challenge is not signed by the owner of the dataset.', 'signature');
    }
    const now = nowSec();
    if (challenge.expiresAt <= now || challenge.expiresAt > now + LONGEST_LIFE_SEC) {
      throw refused('enclave.challengeExpired', 'The challenge is too old, or lives too long.', 'expiresAt');
    }
    if (used.has(challenge.nonce)) {
      throw refused('enclave.challengeReplayed', 'The nonce of the challenge was used before.', 'nonce');
    }
    if (used.size >= MOST_CHALLENGES) {
      throw refused('enclave.tooManyChallenges', `This enclave answers ${MOST_CHALLENGES} challenges and no more.`);
    }
    used.add(challenge.nonce);
    return challenge;
  };
}

const refused = (code: EnclaveErrorCode, message: string, place?: string) => enclaveError({ code, message, place });
