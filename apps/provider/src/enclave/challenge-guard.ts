import { isAddressEqual } from 'viem/utils';
import type { Address, DatasetId, Hex, JobId } from '@encryptech/base';
import {
  kemOfChallenge,
  verifyDelegation,
  verifyOwnerChallenge,
  type OwnerChallenge,
  type SigningDomain,
} from '@encryptech/protocol';
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

/** A challenge that was accepted. */
export interface AcceptedChallenge {
  readonly challenge: OwnerChallenge;
  /** Who signed it, and so who must sign the release: the owner, or the delegate that the owner named. */
  readonly signer: Address;
}

/**
 * Accepts challenges of the dataset's owner for this job and attempt, each nonce once; or of a delegate, with the owner's
 * signed word for it. A refused one changes nothing, so strangers can neither use up nonces nor the allowance.
 *
 * @returns a function that gives the challenge and its signer back or throws `enclave.challengeMismatch`, `enclave.challengeSigner`,
 * `enclave.challengeExpired`, `enclave.challengeReplayed`, `enclave.tooManyChallenges`, `protocol.unknownKem`
 */
export function createChallengeGuard(scope: ChallengeScope, nowSec: () => number) {
  const used = new Set<Hex>();
  return async ({ challenge, signature, chain, delegated }: ChallengeBody): Promise<AcceptedChallenge> => {
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
    const now = nowSec();
    const signer = delegated === undefined ? scope.owner : await delegateOf(delegated, scope, now);
    try {
      await verifyOwnerChallenge(challenge, signature, domain, signer);
    } catch {
      const who = delegated === undefined ? 'the owner of the dataset' : 'the delegate that it names';
      throw refused('enclave.challengeSigner', `The challenge is not signed by ${who}.`, 'signature');
    }
    kemOfChallenge(challenge);
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
    return { challenge, signer };
  };
}

/** The key that the owner named, for as long as the owner said. */
async function delegateOf(
  { delegation, signature }: NonNullable<ChallengeBody['delegated']>,
  { owner, domain }: ChallengeScope,
  nowSec: number,
): Promise<Address> {
  if (!isAddressEqual(delegation.owner, owner)) {
    throw refused('enclave.challengeSigner', 'The delegate is not one of the owner of the dataset.', 'delegated');
  }
  try {
    await verifyDelegation(delegation, signature, domain);
  } catch {
    throw refused('enclave.challengeSigner', 'The owner of the dataset did not sign this delegation.', 'delegated');
  }
  if (delegation.expiresAt <= nowSec) {
    throw refused('enclave.challengeExpired', 'The delegation has ended.', 'delegated');
  }
  return delegation.key;
}

const refused = (code: EnclaveErrorCode, message: string, place?: string) => enclaveError({ code, message, place });
