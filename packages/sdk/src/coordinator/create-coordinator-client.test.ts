import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { JobId } from '@encryptech/base';
import { afterEach, describe, expect, test } from 'vitest';
import { createCoordinatorClient } from './create-coordinator-client.ts';

const jobId = `0x${'0b'.repeat(32)}` as JobId;
const accepted = { id: `0x${'01'.repeat(32)}` };
let stop: () => Promise<unknown> = () => Promise.resolve();
afterEach(() => stop());

/** A coordinator that answers as told, one answer after the other; the last one goes on. */
async function coordinator(...answers: ((request: IncomingMessage, response: ServerResponse) => void)[]) {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    (answers.length > 1 ? answers.shift()! : answers[0]!)(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  stop = () => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  };
  return { requests, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` };
}

const json = (status: number, body: unknown) => (_: IncomingMessage, response: ServerResponse) =>
  void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
const hangUp = (request: IncomingMessage) => void request.socket.destroy();

describe('createCoordinatorClient', () => {
  test('tries again after a fault of the network, and only then', async () => {
    const { url, requests } = await coordinator(hangUp, hangUp, json(200, { datasets: [] }));
    expect(await createCoordinatorClient({ url }).getDatasets()).toEqual({ datasets: [] });
    expect(requests).toEqual(['GET /v1/datasets', 'GET /v1/datasets', 'GET /v1/datasets']);
  });

  test('a refusal keeps its code, place and hint, and is not repeated', async () => {
    const error = {
      code: 'coordinator.orderExpired',
      message: 'Over.',
      place: 'order.expiresAt',
      data: {},
      retry: 'never',
    };
    const { url, requests } = await coordinator(json(400, { error }));
    await expect(createCoordinatorClient({ url }).getJob(jobId)).rejects.toMatchObject({
      code: 'coordinator.orderExpired',
      place: 'order.expiresAt',
    });
    expect(requests).toEqual([`GET /v1/jobs/${jobId}`]);
  });

  test('an answer that does not fit, and a page of something else, are typed errors', async () => {
    const wrong = await coordinator(json(200, { datasets: 'none' }));
    await expect(createCoordinatorClient(wrong).getDatasets()).rejects.toMatchObject({ code: 'protocol.badDocument' });
    await stop();
    const proxy = await coordinator((_, response) => void response.writeHead(404).end('<html>'));
    await expect(createCoordinatorClient(proxy).getOffers()).rejects.toMatchObject({
      code: 'sdk.coordinatorAnswer',
      data: { status: 404 },
    });
  });

  test('silence and absence are typed errors too', async () => {
    const silent = await coordinator(() => undefined);
    await expect(createCoordinatorClient({ ...silent, timeoutMs: 50, retries: 0 }).getStatus()).rejects.toMatchObject({
      code: 'sdk.coordinatorTimeout',
    });
    await stop();
    await expect(createCoordinatorClient({ url: silent.url, retries: 0 }).getStatus()).rejects.toMatchObject({
      code: 'sdk.coordinatorUnreachable',
      place: silent.url.replace(/\/$/, ''),
    });
  });

  test('posts a document as JSON; a signal ends the tries', async () => {
    let posted = '';
    const { url } = await coordinator((request, response) => {
      request.on('data', (chunk: Buffer) => (posted += chunk.toString()));
      request.on('end', () => response.end(JSON.stringify(accepted)));
    });
    const offer = { offer: { nonce: '1' }, signature: '0x00' } as never;
    expect(await createCoordinatorClient({ url }).postOffer(offer)).toEqual(accepted);
    expect(JSON.parse(posted)).toEqual(offer);
    const gone = new AbortController();
    gone.abort(new Error('enough'));
    await expect(createCoordinatorClient({ url, signal: gone.signal }).getStatus()).rejects.toThrow('enough');
  });
});
