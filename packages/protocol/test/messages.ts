import type { PipeMessage, WireMessage } from '../src/index.ts';
import {
  bytes32,
  certificate,
  challenge,
  domain,
  enclave,
  manifest,
  order,
  owner,
  provider,
  receipt,
  spec,
} from './fixtures.ts';

const signature = `0x${'ab'.repeat(65)}` as const;
const chain = { id: domain.chainId, jobs: domain.jobs };
const attempt = { jobId: bytes32('2'), attempt: 1 };

/** One message of each type of the wire. */
export const wireMessages: WireMessage[] = [
  { type: 'challenge', body: { challenge, signature, chain } },
  {
    type: 'evidence',
    body: {
      ...attempt,
      kind: 'software',
      evidence: new Uint8Array(5_000).fill(1),
      endorsements: new Uint8Array(0),
      runtimeData: new Uint8Array(300).fill(2),
    },
  },
  {
    type: 'release',
    body: {
      release: {
        ...attempt,
        enclaveKey: enclave.address,
        evidenceId: bytes32('4'),
        policyDigest: bytes32('d'),
        logHead: bytes32('6'),
      },
      signature,
      sealedKeys: new Uint8Array(144).fill(3),
    },
  },
  {
    type: 'denied',
    body: { ...attempt, evidenceId: null, reasons: [{ code: 'level.tooLow', message: 'Level 0 < 1.' }] },
  },
  { type: 'ready', body: { ...attempt, enclaveKey: enclave.address, fromStep: 0 } },
  { type: 'progress', body: { ...attempt, step: 10, steps: 200, epsilon: 0.75, stepsPerSec: 12.5, elapsedMs: 800 } },
  { type: 'checkpoint', body: { checkpoint: { ...attempt, step: 50, digest: bytes32('7') }, signature, size: 4_096 } },
  { type: 'delivered', body: { receipt, signature, size: 123_456 } },
  { type: 'error', body: { code: 'learning.cancelled', message: 'Cancelled.', data: { step: 3 }, retry: 'later' } },
  { type: 'ping', body: { id: 7, answer: false } },
];

/** One message of each type of the pipe. */
export const pipeMessages: PipeMessage[] = [
  {
    type: 'start',
    body: {
      chain,
      order,
      orderSignature: signature,
      spec,
      manifest,
      owner: owner.address,
      provider: provider.address,
      attempt: 2,
      graph: { bytes: new Uint8Array(2_000).fill(9) },
      data: 'data.enc',
      resume: {
        checkpoint: { jobId: bytes32('2'), attempt: 1, step: 50, digest: bytes32('7') },
        sealed: { file: 'checkpoint-50.bin', digest: bytes32('7'), size: 100 },
      },
    },
  },
  ...(wireMessages.filter((message) => !['checkpoint', 'delivered', 'error'].includes(message.type)) as PipeMessage[]),
  {
    type: 'checkpoint',
    body: {
      checkpoint: { ...attempt, step: 50, digest: bytes32('7') },
      signature,
      sealed: { bytes: new Uint8Array(3_000).fill(4) },
    },
  },
  {
    type: 'result',
    body: { receipt, signature, certificate, sealed: { file: 'result.bin', digest: bytes32('5'), size: 9_000 } },
  },
  {
    type: 'failure',
    body: { code: 'onnx.mixesBatch', message: 'No.', place: 'node "BN_1"', data: {}, retry: 'never' },
  },
  { type: 'stop', body: { reason: 'deadline' } },
];
