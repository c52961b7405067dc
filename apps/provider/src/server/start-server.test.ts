import type { Address, DatasetId, Hex, JobId } from '@encryptech/base';
import { signOwnerChallenge, wire, type OwnerChallenge, type WireMessage } from '@encryptech/protocol';
import { Registry } from 'prom-client';
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { createChallengeGuard } from '../enclave/challenge-guard.ts';
import { createJobBoard } from '../rooms/job-board.ts';
import { createJobRoom, type JobRoom } from '../rooms/job-room.ts';
import type { Listening } from '@encryptech/sdk/node';
import { startServer } from './start-server.ts';

const owner = privateKeyToAccount(generatePrivateKey());
const stranger = privateKeyToAccount(generatePrivateKey());
const jobs: Address = '0x5FbDB2315678afecb367f032d93F642f64180aa3';
const domain = { chainId: 31337, jobs };
const jobId = `0x${'0b'.repeat(32)}` as JobId;
const datasetId = `0x${'d1'.repeat(32)}` as DatasetId;
const digest: Hex = `0x${'0f'.repeat(32)}`;

let room: JobRoom;
let server: Listening;
let reached: WireMessage['type'][];
let problems: string[];

beforeEach(async () => {
  reached = [];
  problems = [];
  room = createJobRoom({
    status: {
      jobId,
      attempt: 1,
      state: 'training',
      step: 3,
      steps: 10,
      examplesPerSecond: 100,
      epsilonSoFar: 0.5,
      secondsLeft: 7,
      failure: null,
    },
    toEnclave: (bytes) => Promise.resolve(void reached.push(wire.decode(bytes).type)),
    checkChallenge: createChallengeGuard({ owner: owner.address, datasetId, jobId, attempt: 1, domain }, () =>
      Math.floor(Date.now() / 1000),
    ),
  });
  const board = createJobBoard();
  board.open(room);
  server = await startServer({
    host: '127.0.0.1',
    port: 0,
    board,
    metrics: new Registry(),
    problems: () => problems,
  });
});
afterEach(() => server.stop());

/** A socket, and what it hears one after the other. */
async function connect(path = `/v1/jobs/${jobId}/enclave`) {
  const socket = new WebSocket(server.url.replace('http', 'ws') + path);
  const heard: WireMessage[] = [];
  const waiting: (() => void)[] = [];
  socket.on('message', (data: Buffer) => {
    heard.push(wire.decode(new Uint8Array(data)));
    waiting.shift()?.();
  });
  const closed = new Promise<number>((resolve) => socket.on('close', resolve));
  await new Promise<void>((resolve, reject) => {
    socket.once('open', () => resolve());
    socket.once('error', reject);
  });
  return {
    socket,
    closed,
    send: (message: WireMessage) => socket.send(wire.encode(message)),
    next: async (): Promise<WireMessage> => {
      if (heard.length === 0) await new Promise<void>((resolve) => waiting.push(resolve));
      return heard.shift()!;
    },
  };
}

async function challenge(signer = owner): Promise<WireMessage> {
  const value: OwnerChallenge = {
    owner: signer.address,
    nonce: `0x${Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('hex')}`,
    datasetId,
    jobId,
    attempt: 1,
    policyDigest: digest,
    expiresAt: BigInt(Math.floor(Date.now() / 1000) + 300),
    kem: 0x20,
  };
  const signature = await signOwnerChallenge(value, domain, signer);
  return { type: 'challenge', body: { challenge: value, signature, chain: { id: 31337, jobs } } };
}

const denied: WireMessage = {
  type: 'denied',
  body: { jobId, attempt: 1, evidenceId: null, reasons: [{ code: 'policy.expired', message: 'Over.' }] },
};
const ping: WireMessage = { type: 'ping', body: { id: 7, answer: false } };

describe('HTTP', () => {
  test('tells the state of a job, its own health, and 404 with a code for the rest', async () => {
    const get = async (path: string) => {
      const response = await fetch(server.url + path);
      return { status: response.status, body: (await response.json()) as unknown };
    };
    expect(await get(`/v1/jobs/${jobId}`)).toEqual({ status: 200, body: room.status });
    room.update({ state: 'delivered', step: 10 });
    expect((await get(`/v1/jobs/${jobId}`)).body).toMatchObject({ state: 'delivered', step: 10 });
    expect(await get(`/v1/jobs/0x${'00'.repeat(32)}`)).toMatchObject({
      status: 404,
      body: { code: 'provider.unknownJob' },
    });
    expect(await get('/v1')).toMatchObject({ status: 404, body: { code: 'provider.unknownPath' } });
    expect(await get('/health')).toEqual({ status: 200, body: { status: 'ok', problems: [] } });
    problems = ['the chain does not answer'];
    expect(await get('/health')).toEqual({ status: 503, body: { status: 'degraded', problems } });
    expect((await fetch(`${server.url}/metrics`)).status).toBe(200);
  });
});

describe('WebSocket of a job', () => {
  test('an unknown job has none', async () => {
    await expect(connect(`/v1/jobs/0x${'00'.repeat(32)}/enclave`)).rejects.toThrow('404');
    await expect(connect('/v1/other')).rejects.toThrow('404');
  });

  test('everybody hears what the enclave says', async () => {
    const [one, two] = [await connect(), await connect()];
    room.say(wire.encode(ping));
    expect(await one.next()).toEqual(ping);
    expect(await two.next()).toEqual(ping);
  });

  test('a stranger can not deny, nor have a challenge passed on; the owner can after a challenge', async () => {
    const other = await connect();
    other.send(denied);
    expect(await other.next()).toMatchObject({ type: 'error', body: { code: 'provider.notOwner' } });
    other.send(await challenge(stranger));
    expect(await other.next()).toMatchObject({ type: 'error', body: { code: 'enclave.challengeSigner' } });
    const mine = await challenge();
    const agent = await connect();
    agent.send(mine);
    agent.send(denied);
    agent.send(ping);
    expect(await agent.next()).toMatchObject({ type: 'ping', body: { id: 7, answer: true } });
    expect(reached).toEqual(['challenge', 'denied']);
    // Who overheard the owner's challenge gains nothing by saying it again.
    other.send(mine);
    expect(await other.next()).toMatchObject({ type: 'error', body: { code: 'enclave.challengeReplayed' } });
    other.send(denied);
    expect(await other.next()).toMatchObject({ type: 'error', body: { code: 'provider.notOwner' } });
    expect(reached).toEqual(['challenge', 'denied']);
  });

  test('messages of an enclave, garbage and text from a socket reach nobody', async () => {
    const { socket, send, next } = await connect();
    send({
      type: 'progress',
      body: { jobId, attempt: 1, step: 1, steps: 2, epsilon: 1, stepsPerSec: 1, elapsedMs: 1 },
    });
    expect(await next()).toMatchObject({ type: 'error', body: { code: 'provider.notOwner' } });
    socket.send(new Uint8Array([1, 2, 3]));
    expect(await next()).toMatchObject({ type: 'error', body: { code: 'protocol.badMessage' } });
    const texting = await connect();
    texting.socket.send('hello');
    expect(await texting.closed).toBe(1003);
    expect(reached).toEqual([]);
  });

  test('a message above the cap, and too many of them, end the connection', async () => {
    const large = await connect();
    large.socket.send(new Uint8Array(33 * 1024));
    expect(await large.closed).toBe(1009);
    const many = await connect();
    for (let i = 0; i < 121; i++) many.send(ping);
    expect(await many.closed).toBe(1008);
  });

  test('a job has 32 listeners at most', async () => {
    await Promise.all(Array.from({ length: 32 }, () => connect()));
    expect(await (await connect()).closed).toBe(1013);
  });

  test('all leave when the room closes', async () => {
    const visitor = await connect();
    room.close();
    expect(await visitor.closed).toBe(1000);
  });
});
