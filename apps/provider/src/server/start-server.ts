import { createServer, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { getRequestListener } from '@hono/node-server';
import type { JobId } from '@encryptech/base';
import { wireErrorOf } from '@encryptech/protocol';
import { listen, type Listening } from '@encryptech/sdk/node';
import { WebSocketServer, type WebSocket } from 'ws';
import type { JobRoom } from '../rooms/job-room.ts';
import { createHttpApp, unknownJob, type HttpAppOptions } from './http-app.ts';

/** The largest message of an owner is a denial: 24 KiB. */
const MOST_MESSAGE_BYTES = 32 * 1024;
const PATH = /^\/v1\/jobs\/(0x[0-9a-f]{64})\/enclave$/;
const MOST_CONNECTIONS = 1024;
const PING_PERIOD_MS = 20_000;

export interface ServerOptions extends HttpAppOptions {
  host: string;
  port: number;
}

/**
 * Serves HTTP and, at `/v1/jobs/:jobId/enclave`, WebSockets that lead to the room of a running job, and end when it stops.
 *
 * @throws `sdk.portTaken`
 */
export async function startServer({ host, port, ...options }: ServerOptions): Promise<Listening> {
  const app = createHttpApp(options);
  const answer = getRequestListener(app.fetch);
  const server = createServer({ requestTimeout: 30_000, headersTimeout: 10_000 }, (request, response) => {
    void answer(request, response);
  });
  server.maxConnections = MOST_CONNECTIONS;
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MOST_MESSAGE_BYTES, perMessageDeflate: false });
  server.on('upgrade', (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    stream.on('error', () => stream.destroy());
    const jobId = PATH.exec(new URL(request.url ?? '/', 'http://provider').pathname)?.[1] as JobId | undefined;
    const room = jobId === undefined ? undefined : options.board.room(jobId);
    if (room === undefined) return refuse(stream);
    sockets.handleUpgrade(request, stream, head, (socket) => welcome(socket, room));
  });
  const alive = watchConnections(sockets);

  const { url, stop } = await listen(server, { host, port });
  return {
    url,
    stop: () => {
      clearInterval(alive);
      for (const socket of sockets.clients) socket.terminate();
      return stop();
    },
  };
}

function welcome(socket: WebSocket, room: JobRoom): void {
  socket.binaryType = 'nodebuffer';
  socket.on('error', () => socket.terminate());
  let visit: ReturnType<JobRoom['join']>;
  try {
    visit = room.join(socket);
  } catch {
    return socket.close(1013, 'too many listeners');
  }
  socket.on('close', () => visit.leave());
  socket.on('message', (data: Buffer, isBinary) => {
    if (!isBinary) return socket.close(1003, 'messages are binary');
    visit.receive(new Uint8Array(data)).catch(() => socket.close(1011, 'the enclave is gone'));
  });
}

function refuse(stream: Duplex): void {
  const body = JSON.stringify(wireErrorOf(unknownJob()));
  stream.end(
    `HTTP/1.1 404 Not Found\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n${body}`,
  );
}

/** Ends connections whose other side has gone without saying so. */
function watchConnections(sockets: WebSocketServer): NodeJS.Timeout {
  const quiet = new WeakSet<WebSocket>();
  const timer = setInterval(() => {
    for (const socket of sockets.clients) {
      if (quiet.has(socket)) {
        socket.terminate();
        continue;
      }
      quiet.add(socket);
      socket.once('pong', () => quiet.delete(socket));
      socket.ping();
    }
  }, PING_PERIOD_MS);
  timer.unref();
  return timer;
}
