import { createServer } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cidOf, digestOf, utf8 } from '@encryptech/base';
import { datasetIdOf, signOrder, trainingSpecDigest, type OrderRequestJson } from '@encryptech/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { GRAPH } from './job-documents.ts';
import { openMarket, type Market } from './open-market.ts';
import { runCoordinator, writeConfig, type RunningCoordinator } from './run-coordinator.ts';
import { startNetwork, type TestNetwork } from './start-network.ts';

let net: TestNetwork;
let market: Market;
let coordinator: RunningCoordinator;
/** The same coordinator again, with a changed configuration. */
const restart = async (change: Parameters<typeof writeConfig>[1] | object = {}) => {
  await coordinator?.stop();
  coordinator = await runCoordinator(await writeConfig(net, { name: 'coordinator', ...change }));
};
beforeAll(async () => {
  net = await startNetwork();
  market = await openMarket(net);
  await restart();
});
afterAll(async () => {
  await coordinator?.stop();
  await net?.stop();
});

const call = async (path: string, init: RequestInit & { duplex?: 'half' } = {}) => {
  const response = await fetch(coordinator.url + path, init);
  const text = await response.text();
  const body = text.startsWith('{') ? (JSON.parse(text) as { error?: Record<string, unknown> }) : {};
  return { status: response.status, headers: response.headers, code: body.error?.['code'], error: body.error, body };
};
const post = (path: string, body: unknown) =>
  call(path, { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body) });

describe('orders', () => {
  test('the graph comes first', async () => {
    const { body, jobId } = await market.order();
    expect(await post('/v1/orders', body)).toMatchObject({
      ...{ status: 409, code: 'coordinator.graphMissing', error: { data: { cid: market.graphCid } } },
    });
    await coordinator.blobs.put(GRAPH);
    expect(await post('/v1/orders', body)).toMatchObject({ status: 201, body: { id: jobId } });
    expect(await post('/v1/orders', body)).toMatchObject({ status: 201, body: { id: jobId } });
    expect((await coordinator.client.getJobs()).jobs.map((job) => job.jobId)).toEqual([jobId]);
  });

  test('a developer in lower case is the same developer', async () => {
    const { body, jobId } = await market.order();
    const developer = market.people.developer.address.toLowerCase() as `0x${string}`;
    const lower = { ...body, order: { ...body.order, developer } };
    expect(await coordinator.client.postOrder(lower)).toEqual({ id: jobId });
    expect(await coordinator.client.getJob(jobId)).toMatchObject({ state: 'Open', orderSignature: body.signature });
  });

  const signed = async (order: Parameters<Market['order']>[0], spec: Partial<OrderRequestJson['spec']> = {}) => {
    const changed = { ...market.spec, ...spec };
    const { body } = await market.order({ specDigest: trainingSpecDigest(changed), ...order });
    return { ...body, spec: changed };
  };
  const refusals: [string, () => Promise<unknown>, number, string, string | undefined][] = [
    [
      'wrong signature',
      async () => ({ ...(await market.order()).body, signature: (await market.order()).body.signature }),
      ...([422, 'protocol.wrongSigner', undefined] as const),
    ],
    [
      'signature for another chain',
      async () => {
        const { order, body } = await market.order();
        return { ...body, signature: await signOrder(order, { ...net.domain, chainId: 1 }, market.people.developer) };
      },
      ...([422, 'protocol.wrongSigner', undefined] as const),
    ],
    [
      'other spec than ordered',
      async () => signed({}, { durationSec: 601 }),
      422,
      'protocol.orderMismatch',
      'durationSec',
    ],
    ['work understated', async () => signed({ units: 1n }), 422, 'coordinator.unitsMismatch', 'order.units'],
    ['loss understated', async () => signed({ rdpLow: 1n }), 422, 'coordinator.chargeTooSmall', 'order.rdpLow'],
    ['expired', async () => signed({ expiresAt: 1_600_000_000n }), 422, 'coordinator.expired', 'order.expiresAt'],
    ['unknown field', async () => ({ ...(await market.order()).body, extra: 1 }), 400, 'protocol.badDocument', 'extra'],
    ['not JSON', () => Promise.resolve('{"order":'), 400, 'coordinator.badRequest', 'body'],
    ['character 0', () => Promise.resolve('{"order":"\\u0000"}'), 400, 'coordinator.badRequest', 'body'],
  ];
  test.each(refusals)('%s is refused', async (_, make, status, code, place) => {
    expect(await post('/v1/orders', await make())).toMatchObject({ status, code, ...(place && { error: { place } }) });
  });

  test('a graph that is none, and one that can not be trained privately, are refused by name', async () => {
    const nonsense = utf8('no graph');
    await coordinator.blobs.put(nonsense);
    const graph = digestOf(nonsense);
    const answer = await post('/v1/orders', await signed({ graphDigest: graph }, { graph }));
    expect(answer).toMatchObject({ status: 422 });
    expect(answer.code).toMatch(/^onnx\./);
  });
});

describe('offers and grants', () => {
  test('an offer takes the place of an older one, never of a newer one', async () => {
    const { alpha } = market.providers;
    const [old, young] = [await market.offer(alpha), await market.offer(alpha)];
    await coordinator.client.postOffer(old);
    const { id } = await coordinator.client.postOffer(young);
    expect(await post('/v1/offers', old)).toMatchObject({ status: 409, code: 'coordinator.superseded' });
    expect(await coordinator.client.postOffer(young)).toEqual({ id });
    const { offers } = await coordinator.client.getOffers();
    expect(offers).toMatchObject([
      { id, provider: { address: alpha.account.address, active: true, level: 0, freeWorkers: 1, speed: 20_000n } },
    ]);
  });

  test('a stranger’s and an expired offer are refused', async () => {
    const stranger = { ...market.providers.alpha, account: net.chain.keys.user(30) };
    expect(await post('/v1/offers', await market.offer(stranger))).toMatchObject({
      ...{ status: 409, code: 'coordinator.unknownProvider', error: { retry: 'later' } },
    });
    const late = await market.offer(market.providers.alpha, { expiresAt: 1_600_000_000n });
    expect(await post('/v1/offers', late)).toMatchObject({ status: 422, code: 'coordinator.expired' });
  });

  test('an offer that never expires', async () => {
    const forever = await market.offer(market.providers.beta, { expiresAt: 2n ** 64n - 1n });
    await coordinator.client.postOffer(forever);
    expect((await coordinator.client.getOffers()).offers).toHaveLength(2);
  });

  test('a grant publishes the manifest and the newest grant of each developer', async () => {
    const [old, young] = [await market.grant(), await market.grant()];
    const own = await market.grant({ developer: market.people.developer.address, fee: 1n });
    for (const grant of [old, young, own]) await coordinator.client.postGrant(grant);
    expect(await post('/v1/grants', old)).toMatchObject({ status: 409, code: 'coordinator.superseded' });
    const { datasets } = await coordinator.client.getDatasets();
    expect(datasets).toMatchObject([
      { datasetId: market.datasetId, manifest: market.manifest, retired: false, budget: { epsilonUsed: 0 } },
    ]);
    expect(datasets[0]!.grants.map(({ signature }) => signature).sort()).toEqual(
      [young.signature, own.signature].sort(),
    );
    const { body } = await call(`/v1/datasets/${market.datasetId}`);
    expect(body).toMatchObject({ datasetId: market.datasetId, manifestDigest: datasets[0]!.manifestDigest });
  });

  test('a grant of somebody else, for another manifest or for an unknown dataset is refused', async () => {
    const grant = await market.grant();
    const manifest = { ...market.manifest, name: 'Another' };
    expect(await post('/v1/grants', { ...grant, manifest })).toMatchObject({
      ...{ status: 409, code: 'coordinator.unknownDataset', error: { place: 'manifest' } },
    });
    const datasetId = datasetIdOf(market.people.pauper.address, market.manifest.blob);
    expect(await post('/v1/grants', await market.grant({ datasetId }))).toMatchObject({
      ...{ status: 409, code: 'coordinator.unknownDataset', error: { place: 'grant.datasetId' } },
    });
    const { signature } = await market.grant({ fee: 7n });
    expect(await post('/v1/grants', { ...grant, signature })).toMatchObject({
      status: 422,
      code: 'protocol.wrongSigner',
    });
  });
});

describe('blobs', () => {
  const bytes = new Uint8Array(200_000).map((_, i) => i % 251);

  test('come back as they went, under their name only', async () => {
    const cid = await coordinator.blobs.put(bytes);
    expect(cid).toBe(cidOf(bytes));
    const parts: Uint8Array[] = [];
    for await (const part of coordinator.blobs.get(cid)) parts.push(part);
    expect(digestOf(Buffer.concat(parts))).toBe(digestOf(bytes));
    expect(await call('/v1/blobs', { method: 'POST', body: bytes })).toMatchObject({ status: 201, body: { cid } });
    const other = cidOf(utf8('other'));
    expect(await call(`/v1/blobs/${other}`, { method: 'PUT', body: bytes })).toMatchObject({
      ...{ status: 422, code: 'protocol.blobAltered' },
    });
    expect(await call(`/v1/blobs/${other}`)).toMatchObject({ status: 404, code: 'protocol.blobMissing' });
    expect(await call('/v1/blobs/zzz')).toMatchObject({ status: 400, code: 'base.badCid' });
    const head = await call(`/v1/blobs/${cid}`, { method: 'HEAD' });
    expect(head.status).toBe(200);
    expect(head.headers.get('x-content-type-options')).toBe('nosniff');
  });

  test('altered on the disk: nobody gets all of it', async () => {
    const cid = await coordinator.blobs.put(utf8('precious'));
    writeFileSync(join(net.dir, 'coordinator/state/blobs', cid.slice(-2), cid), 'precioux');
    const get = async () => {
      for await (const _ of coordinator.blobs.get(cid));
    };
    await expect(get()).rejects.toMatchObject({ code: expect.stringMatching(/^protocol\./) as string });
  });
});

describe('limits', () => {
  test('a JSON body over a mebibyte is refused, whether it says its length or not', async () => {
    const large = ' '.repeat(1024 * 1024 + 1);
    const refusal = { status: 413, code: 'coordinator.bodyTooLarge' };
    expect(await post('/v1/orders', large)).toMatchObject(refusal);
    const body = new Blob([large]).stream();
    expect(await call('/v1/orders', { method: 'POST', body, duplex: 'half' })).toMatchObject(refusal);
  });

  test('too many requests of one address wait; a proxy tells who it is; a large blob and a full disk are refused', async () => {
    await restart({ requestsPerMinute: 3, behindProxy: true, maxBlobBytes: 1_024 });
    const as = (who: string) => call('/v1/jobs', { headers: { 'x-forwarded-for': `9.9.9.9, ${who}` } });
    for (let i = 0; i < 3; i++) expect((await as('1.1.1.1')).status).toBe(200);
    const refused = await as('1.1.1.1');
    expect(refused).toMatchObject({ status: 429, code: 'coordinator.tooManyRequests', error: { retry: 'later' } });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await as('2.2.2.2')).status).toBe(200);
    expect((await call('/health')).status).toBe(200);
    const large = { method: 'POST', body: new Uint8Array(1_025) };
    expect(await call('/v1/blobs', large)).toMatchObject({ status: 413, code: 'protocol.blobTooLarge' });

    await restart({ minFreeDiskBytes: Number.MAX_SAFE_INTEGER });
    expect(await call('/v1/blobs', large)).toMatchObject({ status: 507, code: 'coordinator.storageFull' });
    const kept = readdirSync(join(net.dir, 'coordinator/state/blobs')).filter((name) => name.startsWith('.put'));
    expect(kept).toEqual([]);
  });

  test('what is not there is said in JSON', async () => {
    for (const path of ['/v1', '/v1/nothing', '/v1/jobs/0x12', '/v1/datasets/0x12', '/v1/clearings/0x12']) {
      expect(await call(path)).toMatchObject({ status: 404, code: 'coordinator.notFound' });
    }
    expect(await call('/v1/jobs?after=x')).toMatchObject({ status: 400, code: 'coordinator.badRequest' });
  });

  test('pages of any origin may ask', async () => {
    const headers = { origin: 'https://page.example', 'access-control-request-method': 'PUT' };
    const { status, headers: answer } = await call(`/v1/blobs/${market.graphCid}`, { method: 'OPTIONS', headers });
    expect([status, answer.get('access-control-allow-origin')]).toEqual([204, '*']);
    expect(answer.get('access-control-allow-methods')).toContain('PUT');
  });
});

describe('start and stop', () => {
  test('health and metrics', async () => {
    expect(await call('/health')).toMatchObject({ status: 200, body: { status: 'ok', problems: [] } });
    const metrics = await (await fetch(`${coordinator.url}/metrics`)).text();
    expect(metrics).toMatch(/^encryptech_coordinator_open_orders \d+$/m);
    expect(metrics).toMatch(/^encryptech_coordinator_indexed_block [1-9]\d*$/m);
  });

  test('stops within two seconds although a request hangs and a connection is open', async () => {
    const { port, hostname } = new URL(coordinator.url);
    const socket = connect(Number(port), hostname);
    await new Promise<void>((resolve) => socket.once('connect', resolve));
    const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    socket.on('error', () => undefined);
    socket.write('POST /v1/orders HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\n{');
    await coordinator.client.getStatus();
    const begun = performance.now();
    await coordinator.stop();
    expect(performance.now() - begun).toBeLessThan(2_000);
    await closed;
    await coordinator.stop();
  });

  test('a port in use is said with a hint, and the next start finds everything free', async () => {
    const squatter = createServer();
    await new Promise<void>((resolve) => squatter.listen(0, '127.0.0.1', resolve));
    const { port } = squatter.address() as AddressInfo;
    await expect(restart({ listen: { port } })).rejects.toMatchObject({
      ...{ code: 'sdk.portTaken', hint: expect.stringContaining('another port') as string },
    });
    await new Promise((resolve) => squatter.close(resolve));
    await restart({ listen: { port } });
    expect(coordinator.url).toBe(`http://127.0.0.1:${port}`);
    expect((await coordinator.client.getJobs()).jobs).toHaveLength(2);
  });

  test('a configuration that does not fit is refused at its place', async () => {
    const file = await writeConfig(net, { name: 'wrong', tickMs: 1 });
    await expect(runCoordinator(file)).rejects.toMatchObject({ code: 'sdk.badConfig', place: 'tickMs' });
  });
});
