import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { isEncryptechError } from '@encryptech/base';
import { listen, type Listening } from '@encryptech/sdk/node';
import { verifierError } from '../errors.ts';

const MOST_BYTES = 300_000;

/** What answers a request: JSON in, JSON out. */
export type Route = (body: unknown) => Promise<{ status?: number; json: unknown }>;

/**
 * Serves routes by `METHOD /path`. Bodies are JSON of at most 300 kB; errors come as {code, message, place}.
 *
 * @throws `sdk.portTaken`
 */
export function startServer(
  at: { host: string; port: number },
  routes: Readonly<Record<string, Route>>,
): Promise<Listening> {
  const answer = async (request: IncomingMessage): Promise<{ status: number; json: unknown }> => {
    const path = (request.url ?? '').split('?')[0];
    const route = Object.hasOwn(routes, `${request.method} ${path}`) ? routes[`${request.method} ${path}`] : undefined;
    if (route === undefined) {
      throw verifierError({ code: 'verifier.unknownPath', message: 'There is nothing at this path.' });
    }
    const { status = 200, json } = await route(request.method === 'POST' ? await readJson(request) : undefined);
    return { status, json };
  };
  const send = (response: ServerResponse, status: number, json: unknown): void => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(json, (_, value: unknown) => (typeof value === 'bigint' ? value.toString() : value)));
  };
  const server = createServer((request, response) => {
    answer(request).then(
      ({ status, json }) => send(response, status, json),
      (error: unknown) => {
        if (isEncryptechError(error)) {
          const { code, message, place, hint } = error;
          return send(response, code === 'verifier.unknownPath' ? 404 : 422, { code, message, place, hint });
        }
        return send(response, 500, { code: 'verifier.failed', message: 'The verifier failed; its log says why.' });
      },
    );
  });
  server.requestTimeout = 30_000;
  return listen(server, at);
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const bad = (message: string) => verifierError({ code: 'verifier.badRequest', message, place: 'body' });
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of request as AsyncIterable<Buffer>) {
    size += piece.length;
    if (size > MOST_BYTES) throw bad(`The body is longer than ${MOST_BYTES} bytes.`);
    pieces.push(piece);
  }
  try {
    return JSON.parse(Buffer.concat(pieces).toString('utf8'));
  } catch {
    throw bad('The body is not JSON.');
  }
}
