import type { Address, Hex, JobId } from '@encryptech/base';
import type { MessagePipe, SignedDelegation, SigningDomain } from '@encryptech/protocol';
import { isEncryptechError } from '@encryptech/base';
import type { PrivateKeyAccount } from 'viem/accounts';
import { releaseKeys, type ReleaseDeps, type ReleaseOutcome } from '../../exchange/release-keys.ts';
import type { DenialCode } from '../../judgement/denial.ts';
import type { DelegateBody, DelegateMessage } from '../delegate-pipe.ts';
import type { DelegationTerms } from '../delegation-terms.ts';
import type { LogHead } from '../signed-head.ts';
import { createAllowance } from './allowance.ts';
import { createMemoryLog } from './memory-log.ts';
import { createMemoryReleases } from './memory-releases.ts';
import { createPipeLine, type PipeLine } from './pipe-line.ts';

/** At most so many decisions at a time; a host that asks for more waits. */
const MOST_SESSIONS = 64;

export interface DeciderOptions {
  pipe: MessagePipe<DelegateMessage>;
  terms: DelegationTerms;
  delegated: SignedDelegation;
  /** Digest of the delegation. */
  digest: Hex;
  /** The delegate's own key. */
  account: PrivateKeyAccount;
  owner: Address;
  domain: SigningDomain;
  sign: (head: LogHead) => Promise<Hex>;
  now: () => number;
}

/** Decides about keys as the owner's agent does, by the same code. */
export interface Decider {
  /** True when the message was for it. */
  take(message: DelegateMessage): boolean;
  /** Wipes the secrets. */
  forget(): void;
}

interface Session extends PipeLine {
  /** Resolves a question to the chain that is open. */
  answer: (against: readonly string[]) => void;
}

/**
 * A decider on an owner's terms. Order, graph, plan, policy and evidence are judged here; what only the chain knows comes from the
 * host, who may lie: then the owner's allowance, time and list of measurements still hold.
 */
export function createDecider(options: DeciderOptions): Decider {
  const { pipe, terms, delegated, digest, account, owner, domain, sign, now } = options;
  const allowance = createAllowance(terms.datasets);
  const sessions = new Map<number, Session>();
  const deps: ReleaseDeps = {
    owner: { address: owner, signer: account },
    ...{ delegated, domain, kem: terms.kem, anchors: terms.anchors, now },
    log: createMemoryLog({
      ...{ delegation: digest, from: terms.log, sign, now },
      tell: (line, { entries, head }, signature) =>
        pipe.send({ type: 'logged', body: { line, entries, head, signature } }),
    }),
    releases: createMemoryReleases(terms.released),
  };

  const consider = async (body: DelegateBody<'consider'>, session: Session): Promise<ReleaseOutcome> => {
    const { chain, jobId, order, orderSignature, spec, graph } = body;
    const dataset = terms.datasets.find(({ id }) => id === order.datasetId);
    if (dataset === undefined) throw new TypeError('The host asks about a dataset of somebody else.');
    const claimed = { jobId: jobId as JobId, order, orderSignature, spec, graph };
    return releaseKeys(
      {
        ...{ claimed, chain, dataset, line: session.line },
        recheck: async (enclave) => {
          if (Math.floor(now() / 1000) >= delegated.delegation.expiresAt) return ['delegate.expired'];
          const asked = new Promise<readonly string[]>((resolve) => (session.answer = resolve));
          await pipe.send({
            type: 'recheck',
            body: {
              ...{ session: body.session, dataset: dataset.id, policyDigest: chain.policyDigest, enclave },
              minLevel: Math.max(dataset.policy.minLevel, chain.minLevel, order.minLevel),
            },
          });
          const against = (await asked) as DenialCode[];
          if (against.length > 0) return against;
          return allowance.take(dataset.id, claimed.jobId, order) ? [] : ['delegate.allowance'];
        },
      },
      deps,
    );
  };

  const work = async (body: DelegateBody<'consider'>): Promise<void> => {
    const { session: number } = body;
    const session: Session = { ...createPipeLine(pipe, number), answer: () => undefined };
    sessions.set(number, session);
    let outcome: DelegateBody<'outcome'>;
    try {
      outcome = { session: number, ...outcomeOf(await consider(body, session)) };
    } catch (error) {
      const [code, message] = isEncryptechError(error) ? [error.code, error.message] : ['internal', 'No decision.'];
      outcome = { session: number, decision: 'failed', evidenceId: null, level: null, reasons: [{ code, message }] };
    } finally {
      sessions.delete(number);
    }
    await pipe.send({ type: 'outcome', body: outcome });
  };

  return {
    take: ({ type, body }) => {
      if (type === 'consider') {
        if (sessions.size >= MOST_SESSIONS || sessions.has(body.session)) return false;
        // A host that is gone has closed the pipe, which ends this process.
        work(body).catch(() => undefined);
      } else if (type === 'heard') sessions.get(body.session)?.heard(body.message);
      else if (type === 'lost') sessions.get(body.session)?.lost();
      else if (type === 'rechecked') sessions.get(body.session)?.answer(body.against);
      else return false;
      return true;
    },
    forget: () => {
      for (const { secret } of terms.datasets) secret.fill(0);
      for (const session of sessions.values()) session.lost();
    },
  };
}

function outcomeOf(outcome: ReleaseOutcome): Omit<DelegateBody<'outcome'>, 'session'> {
  const { evidenceId } = outcome;
  if (outcome.decision === 'allow') {
    return { decision: 'allow', evidenceId, level: outcome.level ?? null, reasons: [] };
  }
  const reasons = outcome.denials.map(({ code, message }) => ({ code, message: message.slice(0, 2_000) }));
  return { decision: 'deny', evidenceId, level: null, reasons };
}
