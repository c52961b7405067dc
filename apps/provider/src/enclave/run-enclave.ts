import { digestOf, fromHex, type Hex } from '@encryptech/base';
import { createNodeEngine } from '@encryptech/learning/node';
import {
  certificateDigest,
  kemOfChallenge,
  sealResult,
  signCheckpoint,
  signReceipt,
  wireErrorOf,
  type MessagePipe,
  type ReleasedKeys,
} from '@encryptech/protocol';
import { generateKemKeyPair, type EnvelopeKem, type EnvelopeKeyPair } from '@encryptech/sealing';
import { generatePrivateKey, privateKeyToAccount, type PrivateKeyAccount } from 'viem/accounts';
import { acceptRelease, type AnsweredChallenge } from './accept-release.ts';
import { announcementNonce } from './announcement-nonce.ts';
import { createChallengeGuard } from './challenge-guard.ts';
import { checkJob, type CheckedJob } from './check-job.ts';
import { describeFailure } from './describe-failure.ts';
import type { EnclaveMessage, StartBody } from './enclave-pipe.ts';
import { enclaveError } from './errors.ts';
import { createJobAttester, type NamedEvidence } from './job-attester.ts';
import { openJobFiles, type JobFiles } from './job-files.ts';
import { makeCertificate } from './make-certificate.ts';
import { trainJob } from './train-job.ts';

/** Progress goes out twice a second at most. */
const PROGRESS_PERIOD_MS = 500;

export interface EnclaveOptions {
  pipe: MessagePipe<EnclaveMessage>;
  /** The job folder. */
  folder: string;
  /** Milliseconds since 1970. */
  now: () => number;
}

/**
 * One job from its order to its sealed result. Keys are made here and live in this process only: when it ends, whoever
 * wants to go on starts a new attempt, which chain and owner both see.
 *
 * start → evidence (announcement) → (challenge → evidence)* → release → ready → progress, checkpoint → result. A challenge or
 * release that is refused is answered by `error` and changes nothing; what ends the job is told by `failure`.
 *
 * @returns true when the result was handed over
 */
export async function runEnclave({ pipe, folder, now }: EnclaveOptions): Promise<boolean> {
  const messages = pipe.messages();
  let keysReleased = false;
  let columns: readonly string[] = [];
  try {
    const first = await messages.next();
    if (first.done === true) return false;
    if (first.value.type !== 'start') throw unexpected(first.value.type);
    const start = first.value.body;
    const files = openJobFiles(folder);
    const job = await checkJob(start, files);
    columns = job.columns;
    const session = await openSession({ pipe, start, job, files, now });
    const { keys, evidenceId } = await session.waitForKeys(messages);
    keysReleased = true;
    await session.work(keys, evidenceId, messages);
    return true;
  } catch (error) {
    await pipe.send({ type: 'failure', body: describeFailure(error, { keysReleased, columns }) });
    return false;
  } finally {
    pipe.end();
  }
}

interface SessionOptions {
  pipe: MessagePipe<EnclaveMessage>;
  start: StartBody;
  job: CheckedJob;
  files: JobFiles;
  now: () => number;
}

async function openSession(options: SessionOptions) {
  const { pipe, start, job, now } = options;
  const account = privateKeyToAccount(generatePrivateKey());
  const attest = createJobAttester(start, job, account.address, now);
  // One key pair for each KEM that was asked for; X25519 for the announcement, which nothing is ever sealed to.
  const keyPairs = new Map<EnvelopeKem, EnvelopeKeyPair>();
  const keyPairOf = async (kem: EnvelopeKem): Promise<EnvelopeKeyPair> => {
    const pair = keyPairs.get(kem) ?? (await generateKemKeyPair(kem));
    keyPairs.set(kem, pair);
    return pair;
  };
  const attempt = { jobId: job.jobId, attempt: start.attempt };
  const tell = ({ evidence }: NamedEvidence) =>
    pipe.send({
      type: 'evidence',
      body: {
        ...attempt,
        kind: evidence.kind,
        evidence: evidence.body,
        endorsements: new Uint8Array(0),
        runtimeData: evidence.runtimeData,
      },
    });
  const { publicKey } = await keyPairOf('x25519');
  await tell(await attest(announcementNonce(job.jobId, start.attempt), { kem: 'x25519', publicKey }));

  const guard = createChallengeGuard({ owner: start.owner, ...job, attempt: start.attempt }, () => seconds(now));
  const answered = new Map<Hex, AnsweredChallenge>();
  const scope = {
    ...job,
    attempt: start.attempt,
    signer: account.address,
    answered: (evidenceId: Hex) => answered.get(evidenceId),
  };

  return {
    /** Answers challenges until one is followed by a release that opens. */
    async waitForKeys(messages: AsyncGenerator<EnclaveMessage>): Promise<{ keys: ReleasedKeys; evidenceId: Hex }> {
      for await (const message of drawn(messages)) {
        try {
          if (message.type === 'challenge') {
            const accepted = await guard(message.body);
            const kem = kemOfChallenge(accepted.challenge);
            const pair = await keyPairOf(kem);
            const named = await attest(accepted.challenge.nonce, { kem, publicKey: pair.publicKey });
            answered.set(named.evidenceId, { ...accepted, envelopeSecretKey: pair.secretKey });
            await tell(named);
          } else if (message.type === 'release') {
            const keys = await acceptRelease(message.body, scope);
            return { keys, evidenceId: message.body.release.evidenceId };
          } else await answerOthers(pipe, message);
        } catch (error) {
          if (isEnd(error)) throw error;
          await pipe.send({ type: 'error', body: wireErrorOf(error) });
        }
      }
      throw stopped('the provider closed the pipe');
    },

    async work(keys: ReleasedKeys, evidenceId: Hex, messages: AsyncGenerator<EnclaveMessage>): Promise<void> {
      const stop = new AbortController();
      const listening = listen(pipe, messages, stop);
      try {
        await Promise.race([train({ ...options, account, keys, evidenceId, signal: stop.signal }), listening]);
      } finally {
        stop.abort();
        for (const key of Object.values(keys) as Uint8Array[]) key.fill(0);
        for (const { secretKey } of keyPairs.values()) secretKey.fill(0);
      }
    },
  };
}

async function train({
  pipe,
  start,
  job,
  files,
  now,
  account,
  keys,
  evidenceId,
  signal,
}: SessionOptions & {
  account: PrivateKeyAccount;
  keys: ReleasedKeys;
  evidenceId: Hex;
  signal: AbortSignal;
}): Promise<void> {
  const attempt = { jobId: job.jobId, attempt: start.attempt };
  const fromStep = job.resume?.step ?? 0;
  await pipe.send({ type: 'ready', body: { ...attempt, enclaveKey: account.address, fromStep } });
  const startedAt = now();
  let toldAt = -Infinity;
  const trained = await trainJob({
    start,
    job,
    keys,
    files,
    // The same bits on any number of threads: other arithmetic at the provider's choice would be another look at the data.
    engine: createNodeEngine({ threads: start.threads, exact: true }),
    signal,
    onProgress: ({ step, steps, epsilonSoFar, examplesPerSecond }) => {
      const time = now();
      if (time - toldAt < PROGRESS_PERIOD_MS && step < steps) return;
      toldAt = time;
      const elapsedMs = Math.max(1, Math.round(time - startedAt));
      // Of the training alone: reading the data and computing features come before it and say nothing of the time left.
      const stepsPerSec = examplesPerSecond / start.spec.expectedBatch;
      // A pipe that is gone ends the process elsewhere.
      void pipe
        .send({ type: 'progress', body: { ...attempt, step, steps, epsilon: epsilonSoFar, stepsPerSec, elapsedMs } })
        .catch(() => undefined);
    },
    onCheckpoint: async (step, bytes) => {
      // The last step is paid by delivery only.
      if (step >= start.order.steps) return;
      const sealed = await files.write(`checkpoint-${step}.sealed`, bytes);
      const checkpoint = { ...attempt, step, digest: digestOf(bytes) };
      const signature = await signCheckpoint(checkpoint, job.domain, account);
      await pipe.send({ type: 'checkpoint', body: { checkpoint, signature, sealed } });
    },
  });

  const certificate = makeCertificate({
    start,
    job,
    evidenceId,
    signer: account.address,
    model: digestOf(trained.model),
    epsilon: trained.epsilon,
    charge: job.charge,
    trainedParameters: trained.trainedParameters,
    lastClipNorm: trained.clipNorm,
    nowSec: seconds(now),
  });
  const result = await sealResult({
    recipient: fromHex(start.order.resultKey, 32),
    jobId: job.jobId,
    model: trained.model,
    certificate,
  });
  const receipt = {
    ...attempt,
    steps: trained.steps,
    resultDigest: digestOf(result),
    certificateDigest: certificateDigest(certificate),
    ...job.charge,
  };
  const signature = await signReceipt(receipt, job.domain, account);
  const sealed = await files.write('result.sealed', result);
  await pipe.send({ type: 'result', body: { receipt, signature, certificate, sealed } });
}

/** Serves the pipe while the training runs. Resolves never; throws when the provider says stop or is gone. */
async function listen(
  pipe: MessagePipe<EnclaveMessage>,
  messages: AsyncGenerator<EnclaveMessage>,
  stop: AbortController,
): Promise<never> {
  try {
    for await (const message of messages) {
      try {
        await answerOthers(pipe, message);
      } catch (error) {
        if (isEnd(error)) throw error;
        await pipe.send({ type: 'error', body: wireErrorOf(error) });
      }
    }
    throw stopped('the provider closed the pipe');
  } finally {
    stop.abort();
  }
}

/** What may come at any time. */
async function answerOthers(pipe: MessagePipe<EnclaveMessage>, message: EnclaveMessage): Promise<void> {
  switch (message.type) {
    case 'ping':
      if (!message.body.answer) await pipe.send({ type: 'ping', body: { ...message.body, answer: true } });
      return;
    case 'stop':
      throw stopped(`the provider said so (${message.body.reason})`);
    case 'denied':
      throw enclaveError({
        code: 'enclave.denied',
        message: 'The owner of the dataset did not release the keys.',
        data: { reasons: message.body.reasons.map((reason) => reason.code) },
      });
    case 'start':
    case 'challenge':
    case 'release':
    case 'evidence':
    case 'ready':
    case 'progress':
    case 'checkpoint':
    case 'result':
    case 'failure':
    case 'error':
      throw unexpected(message.type);
  }
}

/** The rest of a generator; leaving the loop does not close it, the next reader goes on where this one stopped. */
async function* drawn<T>(source: AsyncGenerator<T>): AsyncGenerator<T, void, undefined> {
  for (let next = await source.next(); next.done !== true; next = await source.next()) yield next.value;
}

const seconds = (now: () => number): number => Math.floor(now() / 1000);
const stopped = (why: string) => enclaveError({ code: 'enclave.stopped', message: `The job was ended: ${why}.` });
const unexpected = (type: string) =>
  enclaveError({ code: 'enclave.unexpectedMessage', message: `A message of type ${type} has no place here now.` });
const isEnd = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'enclave.stopped' || error.code === 'enclave.denied');
