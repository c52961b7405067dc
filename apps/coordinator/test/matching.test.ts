import { cancelNonce } from '@encryptech/chain';
import type { JobId } from '@encryptech/base';
import { clearingToJson, digestMarket, marketFromJson, matchOrders } from '@encryptech/market';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { ENC, GRAPH, openMarket, type Market } from './open-market.ts';
import { runCoordinator, writeConfig, type RunningCoordinator } from './run-coordinator.ts';
import { startNetwork, type TestNetwork } from './start-network.ts';

let net: TestNetwork;
let market: Market;
let coordinator: RunningCoordinator;
beforeAll(async () => {
  net = await startNetwork();
  market = await openMarket(net);
  coordinator = await runCoordinator(await writeConfig(net, { name: 'coordinator' }));
  await coordinator.blobs.put(GRAPH);
});
afterAll(async () => {
  await coordinator?.stop();
  await net?.stop();
});

const waitFor = <T>(look: () => Promise<T>): Promise<T> => vi.waitFor(look, { timeout: 15_000, interval: 50 });

test('an order is matched', async () => {
  await coordinator.client.postGrant(await market.grant());
  await coordinator.client.postOffer(await market.offer(market.providers.alpha));
  const { jobId, body } = await market.order();
  expect(await coordinator.client.postOrder(body)).toEqual({ id: jobId });
  await waitFor(async () => expect(await coordinator.client.getJob(jobId)).toMatchObject({ state: 'Matched' }));
});
void [cancelNonce, clearingToJson, digestMarket, marketFromJson, matchOrders, ENC];
export type J = JobId;
