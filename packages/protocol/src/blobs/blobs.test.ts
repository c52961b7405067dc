import { createServer, type Server } from 'node:http';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, describe, expect, test } from 'vitest';
import { cidOf, cidOfDigest } from '@encryptech/base';
import { blobStoreCompliance } from './blob-store-compliance.ts';
import { createFolderBlobStore } from './folder-blob-store.ts';
import { handleBlobRequest } from './handle-blob-request.ts';
import { createHttpBlobStore } from './http-blob-store.ts';
import { readBlob } from './read-blob.ts';

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'encryptech-blobs-'));
  closers.push(() => rm(folder, { recursive: true }));
  return folder;
}

async function damage(folder: string, cid: string): Promise<void> {
  const path = join(folder, cid.slice(-2), cid);
  const bytes = await readFile(path);
  bytes[bytes.length >> 1]! ^= 1;
  await writeFile(path, bytes);
}

async function listen(handler: (request: Request) => Promise<Response>): Promise<string> {
  const server: Server = createServer((incoming, outgoing) => {
    void (async () => {
      const body = incoming.method === 'GET' || incoming.method === 'HEAD' ? null : Readable.toWeb(incoming);
      const init = { method: incoming.method!, body, duplex: 'half' } as RequestInit;
      const response = await handler(new Request(`http://localhost${incoming.url}`, init));
      outgoing.writeHead(response.status, Object.fromEntries(response.headers));
      if (response.body === null) outgoing.end();
      else
        Readable.fromWeb(response.body as Parameters<typeof Readable.fromWeb>[0])
          .on('error', () => outgoing.destroy())
          .pipe(outgoing);
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/blobs`;
}

describe('the folder store', () => {
  test.each(blobStoreCompliance)('$name', async ({ run }) => {
    const folder = await newFolder();
    await run({ store: createFolderBlobStore({ folder }), damage: (cid) => damage(folder, cid) });
  });

  test('leaves no temporary files, whatever happened', async () => {
    const folder = await newFolder();
    const store = createFolderBlobStore({ folder });
    await store.put(new Uint8Array(10));
    await expect(store.put(new Uint8Array(10), { maxBytes: 9 })).rejects.toMatchObject({
      code: 'protocol.blobTooLarge',
    });
    expect((await readdir(folder)).filter((name) => name.startsWith('.'))).toStrictEqual([]);
  });

  test('holds a blob of any size in constant memory', async () => {
    const store = createFolderBlobStore({ folder: await newFolder() });
    const piece = new Uint8Array(1 << 20).fill(7);
    const before = process.memoryUsage().arrayBuffers;
    let highest = 0;
    const watch = (): void => {
      highest = Math.max(highest, process.memoryUsage().arrayBuffers - before);
    };
    const cid = await store.put(
      (async function* () {
        for (let i = 0; i < 192; i++) {
          watch();
          yield piece;
        }
      })(),
    );
    let size = 0;
    for await (const part of store.get(cid)) {
      size += part.length;
      if (size % (1 << 22) === 0) watch();
    }
    expect(size).toBe(192 << 20);
    expect(highest).toBeLessThan(96 << 20);
  });
});

describe('the HTTP store against its server', () => {
  test.each(blobStoreCompliance)('$name', async ({ run }) => {
    const folder = await newFolder();
    const store = createFolderBlobStore({ folder });
    const url = await listen((request) => handleBlobRequest(request, { store, maxBytes: 1 << 20 }));
    await run({ store: createHttpBlobStore({ url: `${url}/` }), damage: (cid) => damage(folder, cid) });
  });

  test('the server has the last word on size', async () => {
    const store = createFolderBlobStore({ folder: await newFolder() });
    const url = await listen((request) => handleBlobRequest(request, { store, maxBytes: 100 }));
    const remote = createHttpBlobStore({ url });
    await expect(remote.put(new Uint8Array(101))).rejects.toMatchObject({ code: 'protocol.blobTooLarge' });
  });

  test('a lying server gets nothing past', async () => {
    const url = await listen((request) =>
      Promise.resolve(
        request.method === 'GET' ? new Response('evil') : Response.json({ cid: cidOf(new Uint8Array(1)) }),
      ),
    );
    const remote = createHttpBlobStore({ url });
    const cid = cidOf(new TextEncoder().encode('good'));
    await expect(readBlob(remote, cid, 100)).rejects.toMatchObject({ code: 'protocol.blobAltered' });
    await expect(remote.put(new Uint8Array(2))).rejects.toMatchObject({ code: 'protocol.blobAltered' });
  });

  test('a server that never answers, and one that stops half-way, time out', async () => {
    const silent = createHttpBlobStore({ url: await listen(() => new Promise(() => undefined)), timeoutMs: 50 });
    const cid = cidOfDigest(`0x${'11'.repeat(32)}`);
    await expect(silent.has(cid)).rejects.toMatchObject({ code: 'protocol.timeout', retry: 'later' });
    await expect(silent.put(new Uint8Array(9))).rejects.toMatchObject({ code: 'protocol.timeout' });
    const stuck = new ReadableStream<Uint8Array>({ start: (controller) => controller.enqueue(new Uint8Array(5)) });
    const half = createHttpBlobStore({ url: await listen(() => Promise.resolve(new Response(stuck))), timeoutMs: 50 });
    await expect(readBlob(half, cid, 100)).rejects.toMatchObject({ code: 'protocol.timeout' });
  });

  test('a slow reader or source is not a silent server', async () => {
    const store = createFolderBlobStore({ folder: await newFolder() });
    const url = await listen((request) => handleBlobRequest(request, { store, maxBytes: 1 << 20 }));
    const remote = createHttpBlobStore({ url, timeoutMs: 400 });
    const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 900));
    const cid = await remote.put(
      (async function* () {
        yield new Uint8Array(100_000);
        await pause();
        yield new Uint8Array(100_000);
      })(),
    );
    let size = 0;
    for await (const piece of remote.get(cid)) {
      if (size === 0) await pause();
      size += piece.length;
    }
    expect(size).toBe(200_000);
  });

  test('a server that is not there is unreachable; one that refuses says why', async () => {
    const gone = createHttpBlobStore({ url: 'http://127.0.0.1:1/v1/blobs' });
    await expect(gone.put(new Uint8Array(1))).rejects.toMatchObject({ code: 'protocol.unreachable', retry: 'later' });
    const busy = createHttpBlobStore({ url: await listen(() => Promise.resolve(new Response('x', { status: 503 }))) });
    await expect(busy.put(new Uint8Array(1))).rejects.toMatchObject({
      code: 'protocol.refused',
      retry: 'later',
      data: { status: 503 },
    });
  });

  test('the handler refuses other methods', async () => {
    const store = createFolderBlobStore({ folder: await newFolder() });
    const request = new Request('http://x/v1/blobs/abc', { method: 'DELETE' });
    expect((await handleBlobRequest(request, { store, maxBytes: 1 })).status).toBe(405);
  });
});
