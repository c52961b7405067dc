import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isEncryptechError, type Address, type DatasetId, type Hex, type JobId } from '@encryptech/base';
import { datasetFacts, delegateOf, providerFacts, type ChainClient, type JobOnChain } from '@encryptech/chain';
import {
  createMessagePipe,
  wire,
  type BlobStore,
  type SignedDelegation,
  type SigningDomain,
} from '@encryptech/protocol';
import { createChallengeGuard, type enclaveTypes } from '@encryptech/provider/enclave';
import { installRoot, launchEnclave } from '@encryptech/provider';
import { fetchJob, type CoordinatorClient } from '@encryptech/sdk/coordinator';
import { openWatchState } from '@encryptech/sdk/node';
import type { Logger } from 'pino';
import { isAddressEqual } from 'viem/utils';
import type { z } from 'zod';
import { followJobs } from '../../daemon/follow-jobs.ts';
import { recheckChain } from '../../daemon/recheck-chain.ts';
import { connectEnclave } from '../../exchange/connect-enclave.ts';
import type { ReleaseOutcome } from '../../exchange/release-keys.ts';
import { ownerError } from '../../errors.ts';
import type { DenialCode } from '../../judgement/denial.ts';
import { delegatePipe, type DelegateBody, type DelegateMessage } from '../delegate-pipe.ts';
import { NO_ATTEMPT, NO_DATASET } from '../delegation-action.ts';
import type { DelegationMessage } from '../delegation-messages.ts';
import { DELEGATE_FOLDERS } from '../measure-delegate.ts';
import { openLogKeeper, type KeptLog, type LogKeeper } from './log-keeper.ts';

/** Longest wait for a provider, and for each answer of an enclave. */
const ANSWER_TIMEOUT_MS = 20_000;

export interface HostedOptions {
  owner: Address;
  /** The owner's name for the delegation. */
  delegation: Hex;
  attester: z.output<typeof enclaveTypes.start.schema>['attester'];
  /** Holds a folder a delegation. */
  dir: string;
  memoryMiB: number;
  client: ChainClient;
  coordinator: CoordinatorClient;
  blobs: BlobStore;
  domain: SigningDomain;
  now: () => number;
  log: Logger;
}

/** A delegate that a host runs: a worker, and the errands that it can't do itself. */
export interface HostedDelegate {
  readonly delegation: Hex;
  readonly state: 'asked' | 'decides' | 'ended';
  readonly delegated: SignedDelegation | undefined;
  readonly datasets: readonly Hex[];
  /** Sends an owner's message to the worker. @throws unless the owner signed a challenge on this visit */
  receive(message: DelegationMessage, visit: { isOwner: boolean }): Promise<void>;
  /** Hears what the delegate says to its owner; gives a function that ends it. */
  listen(hear: (message: DelegationMessage) => void): () => void;
  log(): Promise<KeptLog>;
  /** Ends the worker, and what it was given with it. */
  stop(): Promise<void>;
}

interface Session {
  readonly jobId: JobId;
  readonly job: JobOnChain;
  readonly relay: (bytes: Uint8Array) => void;
  readonly done: (outcome: DelegateBody<'outcome'>) => void;
}

/**
 * Starts a delegate's worker for one delegation, and runs its errands: it tells it of attempts that start on the owner's
 * datasets, carries messages between it and their enclaves, asks the chain, keeps its log. Nothing of that needs to be
 * believed by owner or enclave but what only the chain knows, and for that the delegate has its own allowance.
 */
export async function hostDelegate(options: HostedOptions): Promise<HostedDelegate> {
  const { owner, delegation, attester, client, domain, now, log } = options;
  const folder = join(options.dir, 'delegates', owner.toLowerCase(), delegation);
  const scratch = join(folder, 'worker');
  await rm(scratch, { recursive: true, force: true });
  await mkdir(scratch, { recursive: true, mode: 0o700 });
  const worker = launchEnclave({
    ...{ jobFolder: scratch, memoryMiB: options.memoryMiB },
    entry: join(installRoot, 'apps/owner/src/delegation/enclave/main.ts'),
    alsoReads: [...DELEGATE_FOLDERS, 'apps/owner/package.json'],
    onMemoryExceeded: (residentMiB) => log.error({ owner, residentMiB }, 'The delegate takes too much memory'),
  });
  const pipe = createMessagePipe({ input: worker.stdout, output: worker.stdin, codec: delegatePipe });
  const listeners = new Set<(message: DelegationMessage) => void>();
  const sessions = new Map<number, Session>();
  const ending = new AbortController();
  const checkChallenge = createChallengeGuard(
    {
      ...{ owner, datasetId: NO_DATASET as DatasetId, jobId: delegation as JobId, attempt: NO_ATTEMPT, domain },
    },
    () => Math.floor(now() / 1000),
  );
  let state: HostedDelegate['state'] = 'asked';
  let offered: SignedDelegation | undefined;
  let delegated: SignedDelegation | undefined;
  let datasets: readonly Hex[] = [];
  let keeper: LogKeeper | undefined;
  let following: Promise<void> = Promise.resolve();
  let sessionCount = 0;

  const say = (message: DelegationMessage): void => {
    for (const hear of listeners) hear(message);
  };

  const accepted = async (body: DelegateBody<'accepted'>): Promise<void> => {
    if (offered === undefined) throw broken('The delegate accepts what nobody offered.');
    delegated = offered;
    datasets = body.datasets;
    keeper = await openLogKeeper(folder, delegated);
    const genesis = client.deployment.genesisHash;
    const watch = await openWatchState(join(folder, 'watch.json'), genesis);
    state = 'decides';
    following = followJobs({
      ids: () => Promise.resolve(datasets as readonly DatasetId[]),
      ...{ client, state: watch, recover: () => Promise.resolve(), decide, log, signal: ending.signal },
    });
    following.catch((error: unknown) => log.fatal({ owner, err: error }, 'The delegate’s host has failed'));
    log.info({ owner, delegation, datasets: datasets.length, securityLevel: 0 }, 'A delegate decides');
  };

  const decide = async (jobId: JobId, job: JobOnChain): Promise<ReleaseOutcome> => {
    const documents = await fetchJob(jobId, options);
    const datasetId = documents.order.datasetId as DatasetId;
    const [facts, { url }] = await Promise.all([datasetFacts(client, datasetId), providerFacts(client, job.provider)]);
    const { signal } = ending;
    const line = await connectEnclave({ providerUrl: url, jobId, timeoutMs: ANSWER_TIMEOUT_MS, signal });
    const session = sessionCount++;
    const settled = Promise.withResolvers<DelegateBody<'outcome'>>();
    sessions.set(session, { jobId, job, relay: (bytes) => line.relay(bytes), done: settled.resolve });
    const over = (): void => settled.reject(broken('The delegate is gone.'));
    signal.addEventListener('abort', over, { once: true });
    const pump = async (): Promise<void> => {
      try {
        for (;;) {
          const message = await line.next((heard) => heard, Infinity);
          await pipe.send({ type: 'heard', body: { session, message: wire.encode(message) } });
        }
      } catch {
        if (sessions.has(session)) await pipe.send({ type: 'lost', body: { session } }).catch(() => undefined);
      }
    };
    try {
      await pipe.send({
        type: 'consider',
        body: {
          ...{ session, jobId, ...documents },
          chain: {
            ...{ started: job.state === 'Started', attempt: job.attempt, provider: job.provider },
            ...{ enclaveKey: job.enclaveKey, datasetOwner: job.datasetOwner, budgetHeld: job.budgetHeld },
            ...{ policyDigest: facts.policyDigest, minLevel: facts.minLevel },
          },
        },
      });
      void pump();
      return outcomeOf(await settled.promise);
    } finally {
      signal.removeEventListener('abort', over);
      sessions.delete(session);
      line.close();
    }
  };

  const recheck = async ({ session, ...asked }: DelegateBody<'recheck'>): Promise<void> => {
    const about = sessions.get(session);
    if (about === undefined) return;
    const { dataset, ...rest } = asked;
    const [against, named] = await Promise.all([
      recheckChain(client, { jobId: about.jobId, job: about.job, datasetId: dataset as DatasetId, ...rest }),
      delegateOf(client, owner),
    ]);
    const isNamed = delegated !== undefined && isAddressEqual(named.key, delegated.delegation.key);
    const all: DenialCode[] = isNamed ? against : [...against, 'delegate.withdrawn'];
    await pipe.send({ type: 'rechecked', body: { session, against: all } });
  };

  const serve = async (message: DelegateMessage): Promise<void> => {
    switch (message.type) {
      case 'evidence':
      case 'error':
        return say(message);
      case 'accepted':
        await accepted(message.body);
        return say(message);
      case 'ended':
        state = 'ended';
        ending.abort();
        return say(message);
      case 'logged':
        return keeper?.add(message.body);
      case 'say':
        return sessions.get(message.body.session)?.relay(message.body.message);
      case 'recheck':
        // The chain may take its time; the worker's other messages need not wait.
        recheck(message.body).catch((error: unknown) => {
          log.warn({ owner, err: error }, 'The chain could not be asked again');
          sessions.get(message.body.session)?.done(failed(message.body.session));
          pipe.send({ type: 'lost', body: { session: message.body.session } }).catch(() => undefined);
        });
        return;
      case 'outcome':
        return sessions.get(message.body.session)?.done(message.body);
      case 'start':
      case 'challenge':
      case 'handover':
      case 'consider':
      case 'heard':
      case 'lost':
      case 'rechecked':
        throw broken(`The delegate said ${message.type}.`);
    }
  };

  const working = (async () => {
    try {
      await pipe.send({
        type: 'start',
        body: { chain: { id: domain.chainId, jobs: domain.jobs }, owner, delegation, attester },
      });
      for await (const message of pipe.messages()) await serve(message);
    } catch (error) {
      if (!ending.signal.aborted) log.error({ owner, err: error }, 'A delegate broke off, and its keys with it');
    } finally {
      state = 'ended';
      ending.abort();
      worker.kill();
      const exit = await worker.exited;
      if (exit.stderr !== '') log.warn({ owner, stderr: exit.stderr }, 'The delegate wrote to its standard error');
      await following.catch(() => undefined);
      log.info({ owner, delegation }, 'A delegate has ended');
    }
  })();

  return {
    delegation,
    get state() {
      return state;
    },
    get delegated() {
      return delegated;
    },
    get datasets() {
      return datasets;
    },
    receive: async (message, visit) => {
      if (message.type === 'challenge' && message.body.delegated === undefined) {
        await checkChallenge(message.body);
        visit.isOwner = true;
      } else if (message.type === 'handover' && visit.isOwner) {
        offered = message.body.delegated;
      } else {
        throw ownerError({
          code: 'owner.delegate',
          message: `A ${message.type} is taken from the owner only, after a challenge.`,
        });
      }
      await pipe.send(message);
    },
    listen: (hear) => {
      listeners.add(hear);
      return () => listeners.delete(hear);
    },
    log: () => keeper?.read() ?? Promise.resolve({ lines: [], signed: null }),
    stop: async () => {
      worker.kill();
      await working;
    },
  };
}

const failed = (session: number): DelegateBody<'outcome'> => ({
  ...{ session, decision: 'failed', evidenceId: null, level: null },
  reasons: [{ code: 'chain.unreachable', message: 'The chain could not be asked again.' }],
});

function outcomeOf({ decision, evidenceId, level, reasons }: DelegateBody<'outcome'>): ReleaseOutcome {
  if (decision === 'allow') {
    if (evidenceId === null) throw broken('The delegate allows without evidence.');
    return { decision, evidenceId, ...(level === null ? {} : { level: level as 0 | 1 | 2 | 3 }) };
  }
  if (decision === 'deny') {
    return {
      decision,
      evidenceId,
      denials: reasons.map(({ code, message }) => ({ code: code as DenialCode, message })),
    };
  }
  const [{ code, message }] = reasons as [{ code: string; message: string }];
  throw broken(`The delegate could not decide: ${message} (${code})`);
}

const broken = (message: string, cause?: unknown) =>
  ownerError({ code: 'owner.delegate', message, retry: 'later', ...(isEncryptechError(cause) ? { cause } : {}) });
