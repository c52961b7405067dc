import { encodeRuntimeData, type Attester, type RuntimeData } from '@encryptech/attestation';
import { digestOf, toHex, utf8, type Address, type Hex } from '@encryptech/base';
import { chainTime, registrationBlock, type ChainClient } from '@encryptech/chain';
import {
  registrationNonce,
  registrationOf,
  signRegistration,
  type Signer,
  type Submission,
} from '@encryptech/protocol';
import { providerError } from '../errors.ts';

/** A verifier takes a block that was the newest one in the last ten minutes; half of that is left for the way there. */
const OLDEST_BLOCK_SEC = 300;
/** A quote costs the machine some milliseconds, and strangers may ask for them. */
const MOST_PER_MINUTE = 30;
/** Each question costs three of the chain's node, whatever the answer. */
const MOST_ASKED_PER_MINUTE = 300;
/** Answers that are kept: whoever asks about the same block again gets the same one. */
const MOST_KEPT = 16;
const ZERO: Hex = `0x${'00'.repeat(32)}`;
/** Registration releases no key, so there is none to seal to: the digest of a text stands in its place, which nobody has the secret of. */
const NO_KEY = digestOf(utf8('encryptech/register/v1/no-key'));

export interface EvidenceDeskOptions {
  attester: Attester;
  client: ChainClient;
  account: Address;
  /** Signs with the account's key. */
  signer: Signer;
  /** Milliseconds since 1970. */
  now: () => number;
}

/** Evidence of this provider over the block of that number. */
export type EvidenceDesk = (block: number) => Promise<Submission>;

/**
 * Answers verifiers: fresh evidence over a recent block, signed by the provider's account. The same block gets the same
 * answer; beyond 30 different ones a minute, or 300 questions, it refuses.
 *
 * @returns a function that throws `provider.staleBlock`, `provider.tooManyRequests`, `chain.unreachable`
 */
export function createEvidenceDesk({ attester, client, account, signer, now }: EvidenceDeskOptions): EvidenceDesk {
  const { chainId, contracts } = client.deployment;
  const { attestations } = contracts;
  const kept = new Map<Hex, Promise<Submission>>();
  const mayMake = perMinute(MOST_PER_MINUTE, now);
  const mayAsk = perMinute(MOST_ASKED_PER_MINUTE, now);

  const make = async (block: number, blockHash: Hex): Promise<Submission> => {
    const nonce = registrationNonce({ blockHash, subject: account, attestations });
    const said: RuntimeData = {
      ...{ version: 1, purpose: 'register', audience: { owner: account, chainId, contract: attestations }, nonce },
      ...{ job: ZERO, attempt: 0, dataset: ZERO, configuration: ZERO, hpkePublicKey: NO_KEY, signer: account },
    };
    const { kind, body, runtimeData, certificates } = await attester.attest(encodeRuntimeData(said));
    const made = {
      ...{ subject: account, block, kind, body: toHex(body), runtimeData: toHex(runtimeData) },
      ...(certificates === undefined ? {} : { certificates: certificates.map((one) => toHex(one)) }),
    };
    return {
      ...made,
      signature: await signRegistration(registrationOf(made, nonce), { chainId, attestations }, signer),
    };
  };
  return async (block) => {
    if (!mayAsk()) throw tooMany(MOST_ASKED_PER_MINUTE);
    const blockHash = await registrationBlock(client, {
      ...{ block, nowSec: await chainTime(client), windowSec: OLDEST_BLOCK_SEC },
    });
    if (blockHash === undefined) {
      throw providerError({
        code: 'provider.staleBlock',
        message: `Block ${block} is unknown, or was replaced by the next one more than ${OLDEST_BLOCK_SEC} seconds ago.`,
        place: 'block',
        hint: 'Ask about the newest block.',
        retry: 'later',
      });
    }
    // By hash: a block that a reorganisation replaced is another one.
    const known = kept.get(blockHash);
    if (known !== undefined) return known;
    if (!mayMake()) throw tooMany(MOST_PER_MINUTE);
    const made = make(block, blockHash);
    kept.set(blockHash, made);
    made.catch(() => kept.delete(blockHash));
    for (const oldest of kept.keys()) {
      if (kept.size <= MOST_KEPT) break;
      kept.delete(oldest);
    }
    return made;
  };
}

/** True as often as that in each minute. */
function perMinute(most: number, now: () => number): () => boolean {
  let since = 0;
  let count = 0;
  return () => {
    const time = now();
    if (time - since >= 60_000) [since, count] = [time, 0];
    return ++count <= most;
  };
}

const tooMany = (most: number) =>
  providerError({
    code: 'provider.tooManyRequests',
    message: `This provider answers ${most} such questions a minute and no more.`,
    hint: 'Ask again in a minute, or about a block that was asked about before.',
    retry: 'later',
  });
