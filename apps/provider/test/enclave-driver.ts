import { randomBytes } from 'node:crypto';
import { noEndorsements, verifyEvidence } from '@encryptech/attestation';
import { fromHex, toHex, type Hex } from '@encryptech/base';
import {
  createMessagePipe,
  sealReleasedKeys,
  signKeyRelease,
  signOwnerChallenge,
  type KeyRelease,
  type OwnerChallenge,
  type ReleasedKeys,
  type Signer,
} from '@encryptech/protocol';
import { deriveCheckpointKey, deriveDataKey, deriveRandomnessRoot } from '@encryptech/sealing';
import { enclavePipe, type EnclaveMessage, type StartBody } from '../src/enclave/enclave-pipe.ts';
import { launchEnclave, type EnclaveExit } from '../src/launch-enclave.ts';
import type { JobKit } from './job-kit.ts';

type Type = EnclaveMessage['type'];
export type BodyOf<T extends Type> = Extract<EnclaveMessage, { type: T }>['body'];

/** A real worker process, and somebody who plays its provider and its owner with real keys. */
export interface EnclaveDriver {
  send(message: EnclaveMessage): Promise<void>;
  /** The next message of one of these types; a failure that was not asked for is thrown. */
  next<T extends Type>(...types: T[]): Promise<Extract<EnclaveMessage, { type: T }>>;
  /** Every byte that the worker has sent. */
  readonly heard: Uint8Array[];
  readonly exited: Promise<EnclaveExit>;
  /** Closes the worker's input, as the end of its provider does. */
  hangUp(): void;
  kill(): void;
}

export function driveEnclave(folder: string): EnclaveDriver {
  const worker = launchEnclave({ jobFolder: folder, memoryMiB: 1024 });
  const heard: Uint8Array[] = [];
  const pipe = createMessagePipe({ input: worker.stdout, output: worker.stdin, codec: enclavePipe });
  const frames = pipe.frames();
  return {
    send: (message) => pipe.send(message),
    next: async (...types) => {
      for (;;) {
        const { value, done } = await frames.next();
        if (done === true) throw new Error(`The worker ended: ${JSON.stringify(await worker.exited)}`);
        heard.push(value);
        const message = enclavePipe.decode(value);
        if ((types as Type[]).includes(message.type)) return message as never;
        if (message.type === 'failure') throw new Error(`The enclave failed: ${JSON.stringify(message.body)}`);
      }
    },
    heard,
    exited: worker.exited,
    hangUp: () => pipe.end(),
    kill: () => worker.kill(),
  };
}

export const keysOf = ({ secret, jobId, order }: JobKit): ReleasedKeys => ({
  dataKey: deriveDataKey(secret),
  checkpointKey: deriveCheckpointKey(secret, jobId),
  randomnessRoot: deriveRandomnessRoot(secret, order.datasetId, jobId),
});

export function newChallenge(kit: JobKit, start: StartBody, change: Partial<OwnerChallenge> = {}): OwnerChallenge {
  return {
    owner: kit.owner.address,
    nonce: toHex(randomBytes(32)),
    datasetId: kit.order.datasetId,
    jobId: kit.jobId,
    attempt: start.attempt,
    policyDigest: kit.manifest.policyDigest,
    expiresAt: BigInt(Math.floor(Date.now() / 1000) + 300),
    kem: 0x20,
    ...change,
  };
}

export async function challengeMessage(kit: JobKit, challenge: OwnerChallenge, signer: Signer = kit.owner) {
  const signature = await signOwnerChallenge(challenge, kit.domain, signer);
  const chain = { id: kit.domain.chainId, jobs: kit.domain.jobs };
  return { type: 'challenge', body: { challenge, signature, chain } } as const;
}

/** The release that answers evidence, as an owner makes it, with parts to get wrong. */
export async function releaseMessage(
  kit: JobKit,
  challenge: OwnerChallenge,
  evidence: BodyOf<'evidence'>,
  wrong: { keys?: Partial<ReleasedKeys>; recipient?: Uint8Array; release?: Partial<KeyRelease>; signer?: Signer } = {},
) {
  const { evidenceId, runtimeData } = await verifyEvidence(
    { kind: evidence.kind, body: evidence.evidence, runtimeData: evidence.runtimeData },
    {
      now: new Date(),
      anchors: { vendor: {}, development: [kit.pki.anchor] },
      endorsements: noEndorsements,
    },
  );
  const { hpkePublicKey, signer } = runtimeData;
  const release: KeyRelease = {
    jobId: kit.jobId,
    attempt: challenge.attempt,
    enclaveKey: signer,
    evidenceId,
    policyDigest: challenge.policyDigest,
    logHead: `0x${'11'.repeat(32)}` as Hex,
    ...wrong.release,
  };
  const sealedKeys = await sealReleasedKeys(
    { ...keysOf(kit), ...wrong.keys },
    { recipient: wrong.recipient ?? fromHex(hpkePublicKey), challenge, domain: kit.domain, evidenceId },
  );
  const signature = await signKeyRelease(release, kit.domain, wrong.signer ?? kit.owner);
  return { type: 'release', body: { release, signature, sealedKeys } } as const;
}

/** Goes through announcement, challenge and evidence to the release, and sends it. */
export async function openEnclave(
  driver: EnclaveDriver,
  kit: JobKit,
  start: StartBody,
  wrong: Parameters<typeof releaseMessage>[3] = {},
): Promise<{ announcement: BodyOf<'evidence'>; evidence: BodyOf<'evidence'> }> {
  await driver.send({ type: 'start', body: start });
  const { body: announcement } = await driver.next('evidence');
  const challenge = newChallenge(kit, start);
  await driver.send(await challengeMessage(kit, challenge));
  const { body: evidence } = await driver.next('evidence');
  await driver.send(await releaseMessage(kit, challenge, evidence, wrong));
  return { announcement, evidence };
}
