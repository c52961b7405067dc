import { createServer, type Server } from 'node:http';
import { connect } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { listen, type Listening } from './listen.ts';

let servers: Listening[] = [];
afterEach(async () => {
  await Promise.all(servers.map((server) => server.stop()));
  servers = [];
});

async function started(server: Server, port = 0, host = '127.0.0.1'): Promise<Listening> {
  const listening = await listen(server, { host, port });
  servers.push(listening);
  return listening;
}
const portOf = ({ url }: Listening): number => Number(new URL(url).port);

test('a free port is taken and said; an address of IPv6 stands in brackets', async () => {
  const server = await started(createServer((_, response) => response.end('here')));
  expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  expect(await (await fetch(server.url)).text()).toBe('here');
  const six = await started(
    createServer((_, response) => response.end('six')),
    0,
    '::1',
  );
  expect(six.url).toMatch(/^http:\/\/\[::1\]:\d+$/);
  expect(await (await fetch(six.url)).text()).toBe('six');
});

test('a port that is taken, and a host that is not this machine, are said with the next step', async () => {
  const port = portOf(await started(createServer()));
  await expect(listen(createServer(), { host: '127.0.0.1', port })).rejects.toMatchObject({
    ...{ code: 'sdk.portTaken', place: `listen.port ${port}`, retry: 'later' },
    hint: expect.stringContaining('another port') as string,
  });
  await expect(listen(createServer(), { host: '192.0.2.1', port: 0 })).rejects.toMatchObject({
    ...{ code: 'sdk.portTaken', hint: expect.stringContaining('listen.host') as string },
  });
});

test('a request under way ends; one that never does is cut off, and the port is free', async () => {
  let asked = (): void => undefined;
  const slow = await started(
    createServer((request, response) => {
      asked();
      if (request.url === '/slow') setTimeout(() => response.end('done'), 100);
    }),
  );
  const port = portOf(slow);
  const arrives = new Promise<void>((resolve) => (asked = resolve));
  const answer = fetch(`${slow.url}/slow`);
  await arrives;
  const idle = connect(port, '127.0.0.1');
  idle.on('error', () => undefined);
  const closed = new Promise<void>((resolve) => idle.once('close', () => resolve()));
  const never = new Promise<void>((resolve) => (asked = resolve));
  idle.write('GET /never HTTP/1.1\r\nhost: x\r\n\r\n');
  await never;
  await Promise.all([slow.stop(), slow.stop()]);
  expect(await (await answer).text()).toBe('done');
  await closed;
  expect(portOf(await started(createServer(), port))).toBe(port);
});
