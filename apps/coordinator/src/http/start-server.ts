import { createServer } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { listen, type Listening } from '@encryptech/sdk/node';
import type { Hono } from 'hono';

const MOST_CONNECTIONS = 2_048;
/** A blob of the largest size takes that long over a slow line. */
const LONGEST_REQUEST_MS = 3_600_000;
const LONGEST_HEADERS_MS = 20_000;

/**
 * Serves the app.
 *
 * @throws `sdk.portTaken`
 */
export function startServer(app: Hono, at: { host: string; port: number }): Promise<Listening> {
  const timeouts = { requestTimeout: LONGEST_REQUEST_MS, headersTimeout: LONGEST_HEADERS_MS };
  // eslint-disable-next-line @typescript-eslint/no-misused-promises -- the listener answers for its own failures
  const server = createServer(timeouts, getRequestListener(app.fetch));
  server.maxConnections = MOST_CONNECTIONS;
  return listen(server, at);
}
