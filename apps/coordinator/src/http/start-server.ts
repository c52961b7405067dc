import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import type { Hono } from 'hono';
import { coordinatorError } from '../errors.ts';

const MOST_CONNECTIONS = 2_048;
/** A blob of the largest size takes that long over a slow line. */
const LONGEST_REQUEST_MS = 3_600_000;
const LONGEST_HEADERS_MS = 20_000;
/** What requests under way may still take when the server stops. */
const LONGEST_FAREWELL_MS = 500;

export interface Server {
  /** `http://host:port` with the port that was taken. */
  readonly url: string;
  /** Lets requests under way end, for half a second; resolves when the port is free. */
  stop(): Promise<void>;
}

/**
 * Serves the app.
 *
 * @throws `coordinator.portTaken`
 */
export async function startServer(app: Hono, { host, port }: { host: string; port: number }): Promise<Server> {
  const timeouts = { requestTimeout: LONGEST_REQUEST_MS, headersTimeout: LONGEST_HEADERS_MS };
  // eslint-disable-next-line @typescript-eslint/no-misused-promises -- the listener answers for its own failures
  const server = createServer(timeouts, getRequestListener(app.fetch));
  server.maxConnections = MOST_CONNECTIONS;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => reject(portTaken(host, port, cause)));
    server.listen(port, host, resolve);
  });
  const taken = (server.address() as AddressInfo).port;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${taken}`,
    stop: () =>
      new Promise((resolve) => {
        const impatience = setTimeout(() => server.closeAllConnections(), LONGEST_FAREWELL_MS);
        server.close(() => {
          clearTimeout(impatience);
          resolve();
        });
      }),
  };
}

const portTaken = (host: string, port: number, cause: NodeJS.ErrnoException) =>
  coordinatorError({
    code: 'coordinator.portTaken',
    message: `The coordinator can not listen on ${host}:${port} (${cause.code ?? 'unknown reason'}).`,
    place: `listen.port ${port}`,
    hint:
      cause.code === 'EADDRINUSE'
        ? 'Another program has the port, perhaps a coordinator that still runs; stop it or choose another port.'
        : 'Check listen.host and listen.port in the configuration.',
    cause,
    retry: 'later',
  });
