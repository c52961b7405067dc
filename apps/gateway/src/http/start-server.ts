import { createServer, type RequestListener } from 'node:http';
import { listen, type Listening } from '@encryptech/sdk/node';

const MOST_CONNECTIONS = 256;
const LONGEST_REQUEST_MS = 10_000;

/** @throws `sdk.portTaken` */
export function startServer(listener: RequestListener, at: { host: string; port: number }): Promise<Listening> {
  const server = createServer({ requestTimeout: LONGEST_REQUEST_MS, headersTimeout: LONGEST_REQUEST_MS }, listener);
  server.maxConnections = MOST_CONNECTIONS;
  return listen(server, at);
}
