import { setTimeout as sleep } from 'node:timers/promises';
import { noEndorsements, verifyEvidence } from '@encryptech/attestation';
import { isEncryptechError, type Address, type DatasetId, type Hex, type JobId } from '@encryptech/base';
import {
  createMessagePipe,
  wire,
  wireErrorOf,
  type KeyRelease,
  type MessagePipe,
  type Payload,
  type WireError,
} from '@encryptech/protocol';
import type { Logger } from 'pino';
import { createChallengeGuard } from '../enclave/challenge-guard.ts';
import { enclavePipe, type EnclaveMessage, type StartBody } from '../enclave/enclave-pipe.ts';
import { providerError } from '../errors.ts';
import { launchEnclave, type EnclaveExit } from '../launch-enclave.ts';
import { createJobRoom, type JobRoom } from '../rooms/job-room.ts';
import type { JobStatus } from '../rooms/job-status.ts';
import { createLatestQueue } from './latest-queue.ts';

/** How long the end of a job waits for its last checkpoint to be recorded. */
const LONGEST_LAST_CHECKPOINT_MS = 10_000;

type BodyOf<Type extends EnclaveMessage['type']> = Extract<EnclaveMessage, { type: Type }>['body'];

/** The owner's signed record of a release, as the chain wants it once an attempt. */
export interface RecordedRelease {
  readonly release: KeyRelease;
  readonly signature: Hex;
}

/** What a job needs done outside of its enclave. Each may be called again after a crash and must be idempotent. */
export interface JobActions {
  /** Registers the enclave on chain. */
  start(enclaveKey: Address, evidenceId: Hex): Promise<void>;
  /** Stores a sealed checkpoint and records it. */
  checkpoint(body: BodyOf<'checkpoint'>, release: RecordedRelease): Promise<void>;
  /** Stores the sealed result and delivers it. */
  deliver(body: BodyOf<'result'>, release: RecordedRelease): Promise<void>;
}

export interface RunJobOptions {
  jobId: JobId;
  start: StartBody;
  /** Holds the files that `start` names; the worker sees nothing else. */
  folder: string;
  memoryMiB: number;
  actions: JobActions;
  /** Where owner and watchers meet the enclave. */
  open: (room: JobRoom) => void;
  log: Logger;
  now: () => number;
  signal: AbortSignal;
}

export type JobOutcome =
  | { readonly outcome: 'delivered' }
  /** The enclave, the owner or the chain said no. */
  | { readonly outcome: 'failed'; readonly failure: WireError; readonly withoutKey: boolean }
  /** The worker died, and its keys with it. `withoutKey`: it stood on chain, and its owner never sent a release. */
  | { readonly outcome: 'lost'; readonly exit: EnclaveExit; readonly withoutKey: boolean };

/**
 * Runs one attempt in an enclave worker of its own and does outside what the enclave asks for. The worker is gone, and its
 * keys with it, when this resolves, whatever happened.
 */
export async function runJob(options: RunJobOptions): Promise<JobOutcome> {
  const { jobId, start, folder, memoryMiB, log, signal } = options;
  const worker = launchEnclave({
    jobFolder: folder,
    memoryMiB,
    threads: start.threads,
    onMemoryExceeded: (residentMiB) => log.error({ jobId, residentMiB, memoryMiB }, 'The worker takes too much memory'),
  });
  const pipe = createMessagePipe({ input: worker.stdout, output: worker.stdin, codec: enclavePipe });
  const desk = openDesk(options, pipe);
  options.open(desk.room);
  const stop = (): void => worker.kill();
  signal.addEventListener('abort', stop, { once: true });
  try {
    signal.throwIfAborted();
    await pipe.send({ type: 'start', body: start });
    for await (const frame of pipe.frames()) {
      const outcome = await desk.serve(frame);
      if (outcome !== undefined) return outcome;
    }
    return await desk.lost(worker.exited);
  } catch (error) {
    // A worker that dies in mid-sentence breaks its pipe; what it had to say is in its exit.
    if (isEncryptechError(error, 'protocol.truncated') || isEncryptechError(error, 'protocol.closed')) {
      return await desk.lost(worker.exited);
    }
    return desk.fail(wireErrorOf(error));
  } finally {
    signal.removeEventListener('abort', stop);
    worker.kill();
    await desk.settled();
    const exit = await worker.exited;
    if (exit.stderr !== '') log.warn({ jobId, stderr: exit.stderr }, 'The worker wrote to its standard error');
  }
}

/** Handles what the enclave says, and keeps the room that others meet it in. */
function openDesk(options: RunJobOptions, pipe: MessagePipe<EnclaveMessage>) {
  const { jobId, start, actions, log } = options;
  let release: RecordedRelease | undefined;
  let started = false;
  let isOnChain = false;
  let isReady = false;
  let loggedTenth = 0;
  const checkpoints = createLatestQueue<BodyOf<'checkpoint'>>(
    async (body) => {
      await actions.checkpoint(body, released());
      const { checkpoint, signature, sealed } = body;
      room.say(wire.encode({ type: 'checkpoint', body: { checkpoint, signature, size: sizeOf(sealed) } }));
    },
    (error, { checkpoint }) => log.warn({ jobId, step: checkpoint.step, err: error }, 'A checkpoint was not recorded'),
  );

  const room = createJobRoom({
    status: initialStatus(options),
    toEnclave: async (bytes) => {
      const message = wire.decode(bytes);
      // Until the enclave says that it is ready, any release could be the one that it took.
      if (message.type === 'release' && !isReady) release = message.body;
      await pipe.relay(bytes);
    },
    checkChallenge: createChallengeGuard(
      {
        owner: start.owner,
        datasetId: start.order.datasetId as DatasetId,
        jobId,
        attempt: start.attempt,
        domain: { chainId: start.chain.id, jobs: start.chain.jobs },
      },
      () => Math.floor(options.now() / 1000),
    ),
  });

  function released(): RecordedRelease {
    if (release !== undefined) return release;
    throw providerError({ code: 'provider.enclaveGone', message: 'The enclave works without a release.' });
  }

  const withoutKey = (): boolean => isOnChain && release === undefined;

  function fail(failure: WireError): JobOutcome {
    room.update({ state: 'failed', failure });
    room.say(wire.encode({ type: 'error', body: failure }));
    return { outcome: 'failed', failure, withoutKey: withoutKey() };
  }

  async function announce({ evidence: body, kind, runtimeData }: BodyOf<'evidence'>): Promise<void> {
    started = true;
    const { evidenceId, runtimeData: said } = await verifyEvidence(
      { kind, body, runtimeData },
      {
        now: new Date(options.now()),
        anchors: { vendor: {}, development: [start.attester.anchor] },
        endorsements: noEndorsements,
      },
    );
    await actions.start(said.signer, evidenceId);
    isOnChain = true;
    room.update({ state: 'waiting-for-keys' });
  }

  async function deliver(body: BodyOf<'result'>): Promise<JobOutcome> {
    room.update({ state: 'delivering', step: start.order.steps, secondsLeft: 0 });
    await checkpoints.idle();
    await actions.deliver(body, released());
    room.update({ state: 'delivered' });
    const { receipt, signature, sealed } = body;
    room.say(wire.encode({ type: 'delivered', body: { receipt, signature, size: sizeOf(sealed) } }));
    return { outcome: 'delivered' };
  }

  return {
    room,
    fail,
    lost: async (exited: Promise<EnclaveExit>): Promise<JobOutcome> => {
      const exit = await exited;
      fail(wireErrorOf(workerLost(exit)));
      return { outcome: 'lost', exit, withoutKey: withoutKey() };
    },
    /** Waits for a checkpoint that is on its way to the chain: it is paid work. Not for ever. */
    settled: async () => {
      const patience = new AbortController();
      const enough = sleep(LONGEST_LAST_CHECKPOINT_MS, undefined, { signal: patience.signal, ref: false });
      await Promise.race([checkpoints.idle(), enough.catch(() => undefined)]);
      patience.abort();
    },
    /** The end of the job, if the message is its end. */
    async serve(frame: Uint8Array): Promise<JobOutcome | undefined> {
      const message = enclavePipe.decode(frame);
      switch (message.type) {
        case 'evidence':
          if (started) room.say(frame);
          else await announce(message.body);
          return undefined;
        case 'ready':
          isReady = true;
          room.update({ state: 'training' });
          room.say(frame);
          return undefined;
        case 'progress': {
          const progress = progressOf(message.body, start);
          room.update(progress);
          room.say(frame);
          const tenth = Math.floor((10 * message.body.step) / message.body.steps);
          if (tenth > loggedTenth) log.info({ jobId, ...progress, steps: message.body.steps }, 'Training');
          loggedTenth = Math.max(loggedTenth, tenth);
          return undefined;
        }
        case 'error':
        case 'ping':
          room.say(frame);
          return undefined;
        case 'checkpoint':
          checkpoints.push(message.body);
          return undefined;
        case 'result':
          return deliver(message.body);
        case 'failure':
          return fail(message.body);
        case 'start':
        case 'challenge':
        case 'release':
        case 'denied':
        case 'stop':
          throw providerError({ code: 'provider.enclaveGone', message: `The worker said ${message.type}.` });
      }
    },
  };
}

const workerLost = ({ code, signal }: EnclaveExit) =>
  providerError({
    code: 'provider.enclaveGone',
    message: `The enclave worker ended (${signal ?? `code ${code}`}), and its keys with it.`,
    hint: 'The job expires and is matched again from its last recorded checkpoint.',
    retry: 'later',
  });

const initialStatus = ({ jobId, start }: RunJobOptions): JobStatus => ({
  jobId,
  attempt: start.attempt,
  state: 'preparing',
  step: start.resume?.checkpoint.step ?? 0,
  steps: start.order.steps,
  examplesPerSecond: 0,
  epsilonSoFar: 0,
  secondsLeft: null,
  failure: null,
});

const progressOf = (
  { step, steps, epsilon, stepsPerSec }: BodyOf<'progress'>,
  { spec }: StartBody,
): Partial<JobStatus> => ({
  step,
  examplesPerSecond: stepsPerSec * spec.expectedBatch,
  epsilonSoFar: epsilon,
  secondsLeft: stepsPerSec > 0 ? (steps - step) / stepsPerSec : null,
});

const sizeOf = (payload: Payload): number => ('bytes' in payload ? payload.bytes.length : payload.size);
