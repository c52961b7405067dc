import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { fromHex, type Address, type DatasetId, type JobId } from '@encryptech/base';
import { createChainClient, parseDeployment } from '@encryptech/chain';
import { createHttpBlobStore, delegationCodec, wireErrorOf, type WireError } from '@encryptech/protocol';
import { openAttester } from '@encryptech/provider';
import { createChallengeGuard } from '@encryptech/provider/enclave';
import { createCoordinatorClient } from '@encryptech/sdk/coordinator';
import { listen } from '@encryptech/sdk/node';
import { pino, type Logger } from 'pino';
import { WebSocketServer, type WebSocket } from 'ws';
import { ownerError } from '../../errors.ts';
import { actionDigest, NO_ATTEMPT, NO_DATASET } from '../delegation-action.ts';
import { delegationTypes, delegationWire, type DelegationMessage } from '../delegation-messages.ts';
import { measureDelegate } from '../measure-delegate.ts';
import { readDelegateHostConfig, type DelegateHostConfigInput } from './delegate-host-config.ts';
import { readKeptLog } from './log-keeper.ts';
import { hostDelegate, type HostedDelegate, type HostedOptions } from './hosted-delegate.ts';

const PATH = /^\/v1\/delegates\/(0x[0-9a-fA-F]{40})(?:\/(log|session))?$/;
const MOST_CONNECTIONS = 64;
const MOST_MESSAGES = 64;

export interface DelegateHostDeps {
  /** Standard output as JSON lines if left out. */
  log?: Logger;
  /** Milliseconds since 1970. */
  now?: () => number;
}

/** A running host of delegates. */
export interface DelegateHost {
  readonly url: string;
  /** Ends all delegates: what they were given is gone. */
  stop(): Promise<void>;
}

/**
 * Starts a host of delegates: enclaves that decide about data keys in the place of owners who are away. It holds no key of its
 * own and sends nothing to the chain.
 *
 * It serves the WebSocket `/v1/delegates/OWNER/session` for the owner, and to anybody `GET /v1/delegates/OWNER` (state, key, end,
 * security level) and `/v1/delegates/OWNER/log` (all decisions, signed by the delegate).
 *
 * @throws `sdk.badConfig`, `sdk.noFile`, `provider.noAttester`
 */
export async function startDelegateHost(
  source: string | DelegateHostConfigInput,
  deps: DelegateHostDeps = {},
): Promise<DelegateHost> {
  const { now = Date.now } = deps;
  const config = await readDelegateHostConfig(source);
  const log = deps.log ?? pino({ name: `delegate-${config.name}`, level: config.logLevel });
  const attester = { ...(await openAttester(config)), measurement: fromHex(measureDelegate()) };
  const deployment = parseDeployment(config.network.deployment);
  const { coordinatorUrl } = config.network;
  await mkdir(config.dir, { recursive: true, mode: 0o700 });
  const parts: Omit<HostedOptions, 'owner' | 'delegation'> = {
    ...{ attester, dir: config.dir, memoryMiB: config.workerMemoryMiB, now, log },
    client: createChainClient({ rpcUrl: config.network.rpcUrl, deployment }),
    coordinator: createCoordinatorClient({ url: coordinatorUrl }),
    blobs: createHttpBlobStore({ url: `${coordinatorUrl.replace(/\/+$/, '')}/v1/blobs` }),
    domain: { chainId: deployment.chainId, jobs: deployment.contracts.jobs },
  };
  const owners = new Set(config.owners.map((owner) => owner.toLowerCase()));
  const hosted = new Map<string, HostedDelegate>();

  /** The delegate that a challenge is about, started when it is new. */
  const delegateFor = async (owner: string, message: DelegationMessage): Promise<HostedDelegate> => {
    const current = hosted.get(owner);
    if (message.type !== 'challenge') {
      if (current === undefined) throw unknown();
      return current;
    }
    const { challenge } = message.body;
    if (current !== undefined && current.delegation === challenge.jobId) return current;
    // Nothing is started or ended before the owner's own signature is seen.
    await requireOwner(owner as Address, message.body, parts);
    if (challenge.policyDigest !== actionDigest('open')) throw unknown();
    if (current?.state === 'decides') {
      throw ownerError({
        code: 'owner.delegate',
        message: 'This host runs a delegate for that owner already.',
        hint: 'Take it back first: encryptech owner take-back',
        data: { delegation: current.delegation },
      });
    }
    await current?.stop();
    const started = await hostDelegate({ ...parts, owner: challenge.owner as Address, delegation: challenge.jobId });
    hosted.set(owner, started);
    return started;
  };

  const welcome = (owner: string, socket: WebSocket): void => {
    const visit = { isOwner: false };
    let count = 0;
    let talking: HostedDelegate | undefined;
    let leave: () => void = () => undefined;
    const send = (message: DelegationMessage): void => socket.send(delegationWire.encode(message));
    const receive = async (bytes: Uint8Array): Promise<void> => {
      try {
        if (++count > MOST_MESSAGES) return socket.close(1008, 'too many messages');
        const message = delegationWire.decode(bytes);
        const delegate = await delegateFor(owner, message);
        if (delegate !== talking) {
          leave();
          talking = delegate;
          leave = delegate.listen(send);
        }
        await delegate.receive(message, visit);
      } catch (error) {
        send({ type: 'error', body: wireErrorOf(error) });
      }
    };
    let queue = Promise.resolve();
    socket.on('error', () => socket.terminate());
    socket.on('close', () => leave());
    socket.on('message', (data: Buffer, isBinary) => {
      if (!isBinary) return socket.close(1003, 'messages are binary');
      queue = queue.then(() => receive(new Uint8Array(data)));
    });
  };

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', 'http://host');
    const found = PATH.exec(url.pathname);
    if (request.method !== 'GET') return reply(response, 405, wireErrorOf(unknown()));
    if (request.url === '/health') return reply(response, 200, { status: 'ok', securityLevel: 0 });
    const delegate = found === null ? undefined : hosted.get(found[1]!.toLowerCase());
    // The log of a delegate that is gone is still on disk.
    const asked = url.searchParams.get('delegation') ?? '';
    if (found?.[2] === 'log' && /^0x[0-9a-f]{64}$/.test(asked) && delegate?.delegation !== asked) {
      const kept = await readKeptLog(join(config.dir, 'delegates', found[1]!.toLowerCase(), asked));
      return reply(response, 200, { delegated: null, ...kept });
    }
    if (found === null || delegate === undefined) return reply(response, 404, wireErrorOf(unknown()));
    const { delegated, state, delegation, datasets } = delegate;
    const signed =
      delegated === undefined
        ? null
        : { delegation: delegationCodec.toJson(delegated.delegation), signature: delegated.signature };
    if (found[2] === 'log') return reply(response, 200, { delegated: signed, ...(await delegate.log()) });
    const { signed: head } = await delegate.log();
    const securityLevel = 0;
    reply(response, 200, { delegation, state, delegated: signed, datasets, log: head, securityLevel });
  };

  const server = createServer({ requestTimeout: 30_000, headersTimeout: 10_000 }, (request, response) => {
    answer(request, response).catch((error: unknown) => {
      log.error({ err: error }, 'A request was not answered');
      reply(response, 500, wireErrorOf(error));
    });
  });
  server.maxConnections = MOST_CONNECTIONS;
  const maxPayload = delegationTypes.handover.maxBytes;
  const sockets = new WebSocketServer({ noServer: true, maxPayload, perMessageDeflate: false });
  server.on('upgrade', (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    stream.on('error', () => stream.destroy());
    const found = PATH.exec(new URL(request.url ?? '/', 'http://host').pathname);
    const owner = found?.[1]?.toLowerCase();
    // Who is not on the list starts nothing here.
    if (found?.[2] !== 'session' || owner === undefined || !owners.has(owner)) {
      return void stream.end('HTTP/1.1 404 Not Found\r\nconnection: close\r\ncontent-length: 0\r\n\r\n');
    }
    sockets.handleUpgrade(request, stream, head, (socket) => welcome(owner, socket));
  });
  const listening = await listen(server, config.listen);
  const { url } = listening;
  log.info(
    { url, owners: owners.size, measurement: measureDelegate(), securityLevel: 0 },
    'The host of delegates runs',
  );

  let stopping: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    for (const socket of sockets.clients) socket.terminate();
    await listening.stop();
    for (const delegate of hosted.values()) await delegate.stop();
    log.info('The host of delegates has stopped');
  };
  return { url, stop: () => (stopping ??= stop()) };
}

/** Passes a fresh challenge about a delegation that the owner, and no delegate, has signed. */
async function requireOwner(
  owner: Address,
  body: Extract<DelegationMessage, { type: 'challenge' }>['body'],
  { domain, now }: Pick<HostedOptions, 'domain' | 'now'>,
): Promise<void> {
  if (body.delegated !== undefined) throw unknown();
  const jobId = body.challenge.jobId as JobId;
  const scope = { owner, datasetId: NO_DATASET as DatasetId, jobId, attempt: NO_ATTEMPT, domain };
  await createChallengeGuard(scope, () => Math.floor(now() / 1000))(body);
}

const unknown = () =>
  ownerError({ code: 'owner.delegate', message: 'This host runs no such delegate.', hint: 'Delegate anew.' });

function reply(response: ServerResponse, status: number, body: object | WireError): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
