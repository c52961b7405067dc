import { afterAll, beforeAll, expect, test } from 'vitest';
import { openMarket, type Market } from '../../test/open-market.ts';
import { startNetwork, type TestNetwork } from '../../test/start-network.ts';
import { recentMatches } from './recent-matches.ts';

let net: TestNetwork;
let market: Market;
beforeAll(async () => {
  net = await startNetwork();
  market = await openMarket(net);
});
afterAll(() => net.stop());

test('the newest match comes first, with its rate and its time', async () => {
  expect(await recentMatches(net.client, { limit: 5 })).toEqual([]);
  const [first, second] = [await market.newMatch(1n), await market.newMatch(2n)];
  await market.propose(first);
  await net.chain.advanceTime(100);
  await market.propose({ ...second, rate: 60_000_000_000_000_000n });
  const [newest, oldest, ...more] = await recentMatches(net.client, { limit: 5 });
  expect(more).toEqual([]);
  expect(newest).toMatchObject({ jobId: market.jobOf(second), rate: 60_000_000_000_000_000n });
  // 1,000 units at 0.1 ENC.
  expect(oldest).toMatchObject({ jobId: market.jobOf(first), price: 100_000_000_000_000_000_000n });
  expect(newest!.at - oldest!.at).toBeGreaterThanOrEqual(100);
  expect(await recentMatches(net.client, { limit: 1 })).toEqual([newest]);
});
