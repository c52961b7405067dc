import { createSoftwareAttester, encodeRuntimeData, noEndorsements, verifyEvidence } from '@encryptech/attestation';
import { toHex, type DatasetId, type Hex, type JobId } from '@encryptech/base';
import {
  hashDelegation,
  kemOfChallenge,
  verifyDelegation,
  wireErrorOf,
  type MessagePipe,
  type OwnerChallenge,
} from '@encryptech/protocol';
import { createChallengeGuard } from '@encryptech/provider/enclave';
import { generateKemKeyPair, type EnvelopeKeyPair } from '@encryptech/sealing';
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts';
import { isAddressEqual } from 'viem/utils';
import { ownerError } from '../../errors.ts';
import type { DelegateBody, DelegateMessage } from '../delegate-pipe.ts';
import { actionDigest, delegateConfiguration, NO_ATTEMPT, NO_DATASET } from '../delegation-action.ts';
import { openTerms } from '../delegation-terms.ts';
import { logHeadDigest } from '../signed-head.ts';
import { createDecider, type Decider } from './decider.ts';

export interface DelegateOptions {
  pipe: MessagePipe<DelegateMessage>;
  /** Milliseconds since 1970, by the clock of whoever runs the machine. */
  now: () => number;
}

interface Answered {
  readonly challenge: OwnerChallenge;
  readonly keyPair: EnvelopeKeyPair;
}

/**
 * A delegate from its start to its end: it proves what it is, takes what the owner seals to it, and decides about keys in the
 * owner's place. Keys are made here, and what it was given lives in this process only: when it ends, the delegation is over.
 *
 * start → (challenge → evidence)* → handover → accepted → (consider → outcome)* → challenge to end → ended. What is refused is
 * answered by `error` and changes nothing.
 */
export async function runDelegate({ pipe, now }: DelegateOptions): Promise<void> {
  const messages = pipe.messages();
  let decider: Decider | undefined;
  try {
    const first = await messages.next();
    if (first.done === true) return;
    if (first.value.type !== 'start') throw misplaced(first.value.type);
    const session = openSession(first.value.body, { pipe, now });
    for await (const message of messages) {
      try {
        if (message.type === 'challenge') {
          if ((await session.challenged(message.body, decider !== undefined)) === 'ended') return;
        } else if (message.type === 'handover') {
          if (decider !== undefined) throw misplaced(message.type);
          decider = await session.takeOver(message.body);
        } else if (decider === undefined || !decider.take(message)) throw misplaced(message.type);
      } catch (error) {
        await pipe.send({ type: 'error', body: wireErrorOf(error) });
      }
    }
  } finally {
    decider?.forget();
    pipe.end();
  }
}

function openSession(start: DelegateBody<'start'>, { pipe, now }: DelegateOptions) {
  const { owner, delegation: id, attester: described } = start;
  const domain = { chainId: start.chain.id, jobs: start.chain.jobs };
  const account = privateKeyToAccount(generatePrivateKey());
  const attester = createSoftwareAttester(described);
  const nowSec = (): number => Math.floor(now() / 1000);
  const scope = { owner, datasetId: NO_DATASET as DatasetId, jobId: id as JobId, attempt: NO_ATTEMPT, domain };
  const guard = createChallengeGuard(scope, nowSec);
  const answered = new Map<Hex, Answered>();

  const answer = async (challenge: OwnerChallenge): Promise<void> => {
    const kem = kemOfChallenge(challenge);
    const keyPair = await generateKemKeyPair(kem);
    const runtimeData = encodeRuntimeData({
      version: 1,
      purpose: 'delegate',
      audience: { owner, chainId: domain.chainId, contract: domain.jobs },
      nonce: challenge.nonce,
      ...{ job: id, attempt: NO_ATTEMPT, dataset: NO_DATASET },
      configuration: delegateConfiguration(owner, id),
      ...(kem === 'x25519' ? {} : { kem }),
      hpkePublicKey: toHex(keyPair.publicKey),
      signer: account.address,
    });
    const evidence = await attester.attest(runtimeData);
    const { evidenceId } = await verifyEvidence(evidence, {
      ...{ now: new Date(now()), endorsements: noEndorsements },
      anchors: { vendor: {}, development: [described.anchor] },
    });
    answered.set(evidenceId, { challenge, keyPair });
    await pipe.send({
      type: 'evidence',
      body: {
        ...{ jobId: id, attempt: NO_ATTEMPT, kind: evidence.kind, evidence: evidence.body },
        ...{ endorsements: new Uint8Array(0), runtimeData },
      },
    });
  };

  return {
    /** Answers the owner's challenge; the one to end is answered by forgetting. */
    challenged: async (body: DelegateBody<'challenge'>, isOpen: boolean): Promise<'goes on' | 'ended'> => {
      // A delegate is not delegated to: only the owner's own signature counts.
      if (body.delegated !== undefined) throw refused('A delegate answers to its owner alone.', 'delegated');
      const { challenge } = await guard(body);
      if (challenge.policyDigest === actionDigest('end')) {
        await pipe.send({ type: 'ended', body: { delegation: id } });
        return 'ended';
      }
      if (challenge.policyDigest !== actionDigest('open')) {
        throw refused('The challenge is about something else than this delegation.', 'policyDigest');
      }
      if (isOpen) throw refused('This delegate has its owner’s terms already.', 'policyDigest');
      await answer(challenge);
      return 'goes on';
    },

    /** Opens the owner's terms; from then on it decides. */
    takeOver: async ({ delegated, sealed }: DelegateBody<'handover'>): Promise<Decider> => {
      const { delegation } = delegated;
      if (!isAddressEqual(delegation.owner, owner)) throw refused('The delegation is another owner’s.', 'owner');
      if (!isAddressEqual(delegation.key, account.address)) throw refused('The delegation is for another key.', 'key');
      const asked = answered.get(delegation.evidenceId as Hex);
      if (asked === undefined) throw refused('The delegation is on evidence that was not given here.', 'evidenceId');
      await verifyDelegation(delegation, delegated.signature, domain);
      if (delegation.expiresAt <= nowSec()) throw refused('The delegation has ended.', 'expiresAt');
      const { challenge, keyPair } = asked;
      const terms = await openTerms(sealed, { secretKey: keyPair.secretKey, challenge, delegation, domain });
      if (terms.log.head !== delegation.logHead) throw refused('The delegation names another log.', 'logHead');
      if (terms.datasets.some(({ manifest }) => !isAddressEqual(manifest.owner, owner))) {
        throw refused('A dataset belongs to another owner.', 'datasets');
      }
      for (const { keyPair: pair } of answered.values()) pair.secretKey.fill(0);
      const digest = hashDelegation(delegation, domain);
      const decider = createDecider({
        ...{ pipe, terms, delegated, digest, account, owner, domain, now },
        sign: (head) => account.sign({ hash: logHeadDigest(head) }),
      });
      await pipe.send({
        type: 'accepted',
        body: { delegation: digest, datasets: terms.datasets.map((dataset) => dataset.id) },
      });
      return decider;
    },
  };
}

const refused = (message: string, place: string) => ownerError({ code: 'owner.delegate', message, place });
const misplaced = (type: string) => refused(`A message of type ${type} has no place here now.`, 'type');
