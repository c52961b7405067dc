import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { localError } from './errors.ts';

/** What requests under way may still take when the server stops. */
const LONGEST_FAREWELL_MS = 500;

/** A server that others reach. */
export interface Listening {
  /** `http://host:port` with the port that was taken. */
  readonly url: string;
  /** Lets requests under way end, for half a second; resolves when the port is free. WebSockets are the caller's to end. */
  stop(): Promise<void>;
}

/**
 * Lets an HTTP server listen; port 0 takes any free one.
 *
 * @throws `sdk.portTaken`
 */
export async function listen(server: Server, { host, port }: { host: string; port: number }): Promise<Listening> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => reject(portTaken(host, port, cause)));
    server.listen(port, host, resolve);
  });
  const taken = (server.address() as AddressInfo).port;
  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> =>
    new Promise((resolve) => {
      const impatience = setTimeout(() => server.closeAllConnections(), LONGEST_FAREWELL_MS);
      server.close(() => {
        clearTimeout(impatience);
        resolve();
      });
    });
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${taken}`,
    stop: () => (stopping ??= stop()),
  };
}

const portTaken = (host: string, port: number, cause: NodeJS.ErrnoException) =>
  localError({
    code: 'sdk.portTaken',
    message: `Nothing can listen on ${host}:${port} (${cause.code ?? 'unknown reason'}).`,
    place: `listen.port ${port}`,
    hint:
      cause.code === 'EADDRINUSE'
        ? 'Another program has the port, perhaps the same daemon that still runs; stop it or choose another port.'
        : 'Check listen.host and listen.port in the configuration.',
    cause,
    retry: 'later',
  });
