import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gatewayError } from '../errors.ts';

const MOST_CONNECTIONS = 256;
const LONGEST_REQUEST_MS = 10_000;
/** What requests under way may still take when the server stops. */
const LONGEST_FAREWELL_MS = 500;

export interface Server {
  /** `http://host:port` with the port that was taken. */
  readonly url: string;
  /** Lets requests under way end, for half a second; resolves when the port is free. */
  stop(): Promise<void>;
}

/** @throws `gateway.portTaken` */
export async function startServer(
  listener: RequestListener,
  { host, port }: { host: string; port: number },
): Promise<Server> {
  const server = createServer({ requestTimeout: LONGEST_REQUEST_MS, headersTimeout: LONGEST_REQUEST_MS }, listener);
  server.maxConnections = MOST_CONNECTIONS;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) =>
      reject(
        gatewayError({
          code: 'gateway.portTaken',
          message: `The gateway can not listen on ${host}:${port} (${cause.code ?? 'unknown reason'}).`,
          place: `listen.port ${port}`,
          hint: 'Stop the program that has the port, or choose another one.',
          cause,
          retry: 'later',
        }),
      ),
    );
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
