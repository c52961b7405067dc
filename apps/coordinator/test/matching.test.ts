import {
  accountBalances,
  cancel,
  cancelNonce,
  capacityAbi,
  chainTime,
  listFaults,
  providerRewards,
  recordCapacity,
  setPaused,
  signCapacityProof,
} from '@encryptech/chain';
import { toHex, type JobId } from '@encryptech/base';
import { clearingToJson, digestMarket, marketFromJson, matchOrders } from '@encryptech/market';
import type { JobOrder } from '@encryptech/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { GRAPH } from './job-documents.ts';
import { ENC, openMarket, type Market } from './open-market.ts';
import { runCoordinator, writeConfig, type RunningCoordinator } from './run-coordinator.ts';
import { startNetwork, type TestNetwork } from './start-network.ts';
import { waitFor } from './wait-for.ts';

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

const jobIs = (jobId: JobId, expected: object) =>
  waitFor(async () => {
    const job = await coordinator.client.getJob(jobId);
    expect(job).toMatchObject(expected);
    return job;
  });
const waitsBecause = async (jobId: JobId, ...codes: string[]) => {
  const { reasons, state } = await waitFor(async () => {
    const job = await coordinator.client.getJob(jobId);
    expect(job.reasons.map(({ code }) => code)).toEqual(codes);
    return job;
  });
  expect(state).toBe('Open');
  for (const { message } of reasons) expect(message).toMatch(/^[A-Z].*\.$/);
};
const post = async (change: Partial<JobOrder> = {}, ...by: Parameters<Market['order']>[1][]) => {
  const { jobId, order, body } = await market.order(change, ...by);
  await coordinator.client.postOrder(body);
  return { jobId, order };
};
const offer = async (name: 'alpha' | 'beta', change: Parameters<Market['offer']>[1] = {}) =>
  coordinator.client.postOffer(await market.offer(market.providers[name], change));

describe('the way of an order', () => {
  test('no grant, no offer, then a match that anybody can repeat from its published inputs', async () => {
    const { jobId, order } = await post();
    await waitsBecause(jobId, 'grant.missing');
    await coordinator.client.postGrant(await market.grant());
    await waitsBecause(jobId, 'market.noOffers');
    await offer('alpha');
    const job = await jobIs(jobId, { state: 'Matched', attempt: 1, reasons: [] });
    expect(job).toMatchObject({ provider: market.providers.alpha.account.address, rate: ENC / 10n, level: 0 });
    expect(job.order).toEqual(order);
    expect(job.timeline.map(({ event }) => event)).toEqual(['Ordered', 'Matched']);

    const { market: now } = await coordinator.client.getStatus();
    expect(now).toMatchObject({ openOrders: 0, offers: 1, lastClearing: { matches: 1, refusals: 0 } });
    const { digest } = now.lastClearing!;
    const clearing = (await (await fetch(`${coordinator.url}/v1/clearings/${digest}`)).json()) as Record<
      string,
      unknown
    >;
    const facts = marketFromJson(clearing['inputs']);
    expect(digestMarket(facts)).toBe(digest);
    expect(clearingToJson(matchOrders(facts))).toEqual(clearing['outcome']);
    // 6.000035 units at 0.1 ENC, of at most 1 ENC; the owner's fee is 2 of at most 3 ENC.
    expect(job).toMatchObject({
      price: 600_003_500_000_000_000n,
      escrow: 9_000_035_000_000_000_000n,
      datasetFee: 2n * ENC,
    });
    await cancel(market.writers.developer, { order, jobId });
    await jobIs(jobId, { state: 'Cancelled' });
  });

  test('the cheaper offer wins, the faster one where performance is all that counts', async () => {
    await offer('beta', { ask: ENC / 5n });
    const fast = await market.order();
    const preferences = { security: 0, performance: 10_000, cost: 0 };
    await coordinator.client.postOrder({ ...fast.body, preferences });
    await jobIs(fast.jobId, { state: 'Matched', provider: market.providers.beta.account.address, preferences });
    await cancel(market.writers.developer, fast);
    await jobIs(fast.jobId, { state: 'Cancelled' });
    const cheap = await post();
    await jobIs(cheap.jobId, { state: 'Matched', provider: market.providers.alpha.account.address });

    const second = await post();
    await jobIs(second.jobId, { state: 'Matched', provider: market.providers.beta.account.address });
    const third = await post();
    await waitsBecause(third.jobId, 'provider.busy');
    for (const job of [cheap, second]) await cancel(market.writers.developer, job);
    await jobIs(third.jobId, { state: 'Matched', provider: market.providers.alpha.account.address });
    await cancel(market.writers.developer, third);
    await jobIs(third.jobId, { state: 'Cancelled' });
  });
});

describe('why an order is not matched', () => {
  const cases: [string, Partial<JobOrder>, string[]][] = [
    ['level too low', { minLevel: 1 }, ['provider.levelTooLow']],
    ['budget exhausted', { rdpLow: 2n ** 256n - 1n, rdpHigh: 2n ** 256n - 1n }, ['dataset.budgetExhausted']],
    ['fee above the limit', { maxDatasetFee: ENC }, ['grant.feeAboveLimit']],
    ['ask above the limit', { maxRate: ENC / 100n }, ['offer.askAboveLimit']],
    ['reputation too low', { minReputationBps: 3_334 }, ['provider.reputationTooLow']],
    ['too slow', { minSpeed: 40_001n }, ['provider.tooSlow']],
    ['unknown kind', { kind: 7 }, ['order.malformed']],
  ];
  test.each(cases)('%s', async (_, change, reasons) => {
    await waitsBecause((await post(change)).jobId, ...reasons);
  });

  test('market paused', async () => {
    const writer = (name: 'guardian' | 'team') => net.writer(net.chain.keys.named(name));
    await setPaused(writer('guardian'), { contract: 'jobs', paused: true, key: 'pause' });
    const { jobId, order } = await post();
    await waitsBecause(jobId, 'market.paused');
    expect(await coordinator.client.getStatus()).toMatchObject({ paused: true });
    await setPaused(writer('team'), { contract: 'jobs', paused: false, key: 'unpause' });
    await jobIs(jobId, { state: 'Matched', reasons: [] });
    await cancel(market.writers.developer, { order, jobId });
    await jobIs(jobId, { state: 'Cancelled' });
  });

  test('deposit too small', async () => {
    const { jobId } = await post({}, market.people.pauper);
    await waitsBecause(jobId, 'developer.balanceTooSmall');
  });

  test('cancelled order', async () => {
    const { jobId, order } = await post({ minLevel: 1 });
    await cancelNonce(market.writers.developer, { nonce: order.nonce });
    await waitsBecause(jobId, 'order.cancelled');
  });

  test('expired order', async () => {
    const { jobId } = await post({ minLevel: 1, expiresAt: BigInt((await chainTime(net.client)) + 20) });
    await waitsBecause(jobId, 'provider.levelTooLow');
    await net.chain.advanceTime(21);
    await waitsBecause(jobId, 'order.expired');
  });
});

describe('deadlines', () => {
  test('a job that nobody starts or delivers goes to the other provider, and who delivers is paid once', async () => {
    const { alpha, beta } = market.providers;
    const { jobId, order } = await post();
    await jobIs(jobId, { state: 'Matched', attempt: 1, provider: alpha.account.address });
    await net.chain.advanceTime(61);
    const second = await jobIs(jobId, { state: 'Matched', attempt: 2, provider: beta.account.address });
    expect(second.timeline.find(({ event }) => event === 'Expired')?.data).toMatchObject({ reasonCode: 'startMissed' });

    await market.start(beta, jobId, 2);
    await jobIs(jobId, { state: 'Started', enclaveKey: market.people.enclave.address });
    // Alpha shows that it is back: a provider that did not start a job gets none until it does.
    await offer('alpha');
    await net.chain.advanceTime(661);
    await jobIs(jobId, { state: 'Matched', attempt: 3, provider: alpha.account.address });

    const before = (await accountBalances(net.client, alpha.account.address)).deposit;
    await market.start(alpha, jobId, 3);
    await market.deliver(alpha, order, 3);
    const delivered = await jobIs(jobId, { state: 'Delivered', step: 40 });
    expect(delivered.delivery?.receipt).toMatchObject({ jobId, attempt: 3, steps: 40 });
    await net.chain.advanceTime(8);
    const settled = await jobIs(jobId, { state: 'Settled', escrow: 0n });
    expect(settled.timeline.filter(({ event }) => event === 'Settled')).toHaveLength(1);
    const earned = (await accountBalances(net.client, alpha.account.address)).deposit - before;
    // 0.6000035 ENC less 5 %.
    expect(earned).toBe(570_003_325_000_000_000n);
  });

  test('fees of settled jobs go to the treasury by themselves', async () => {
    const { treasury } = net.client.deployment.contracts;
    await waitFor(async () => {
      // The 5 % of the job above.
      expect((await accountBalances(net.client, treasury)).enc).toBe(300_000_000_030_000_175_000_000_000n);
    });
  });

  test('the work of an epoch is put on record in the next one, by itself', async () => {
    const { alpha } = market.providers;
    await net.chain.advanceTime(60);
    const [counted] = await waitFor(async () => {
      const { epochs } = await providerRewards(net.client, alpha.account.address);
      expect(epochs.length).toBeGreaterThan(0);
      return epochs;
    });
    expect(counted!.score).toBe(counted!.scoreOfAll);
  });

  test('a reservation that nobody will use is given back once the order ran out', async () => {
    await offer('alpha');
    await offer('beta');
    const { jobId } = await post({ expiresAt: BigInt((await chainTime(net.client)) + 100) });
    await jobIs(jobId, { state: 'Matched', reasons: [] });
    await net.chain.advanceTime(161);
    const { timeline } = await jobIs(jobId, { state: 'Cancelled' });
    expect(timeline.find(({ event }) => event === 'BudgetClosed')?.data).toMatchObject({ reasonCode: 'lossReleased' });
  });

  test('who did not start is reported with a bond and pays when the window is over; who started and was late is not', async () => {
    // The job before was matched and never started. Without ENC the keeper only says so.
    expect(await listFaults(net.client)).toEqual([]);
    await net.give(net.chain.keys.named('matcher').address, 2n * ENC);
    const reported = await waitFor(async () => {
      const faults = await listFaults(net.client);
      expect(faults.length).toBeGreaterThan(0);
      return faults;
    });
    const { address } = net.chain.keys.named('matcher');
    for (const fault of reported) expect(fault).toMatchObject({ kind: 'late', started: false, reporter: address });
    await net.chain.advanceTime(21);
    const executed = await waitFor(async () => {
      const fault = (await listFaults(net.client)).find(({ id }) => id === 1n)!;
      expect(fault.state).toBe('executed');
      return fault;
    });
    expect(executed.taken).toBe(executed.penalty);
    expect(executed.taken).toBeGreaterThan(0n);
  });

  test('a capacity that ran out is refreshed once, and heartbeats of who has none are not posted', async () => {
    const { capacity } = net.client.deployment.contracts;
    const { alpha } = market.providers;
    const now = BigInt(await chainTime(net.client));
    const proof = {
      ...{ provider: alpha.account.address, speed: 9n, evidence: toHex(new Uint8Array(32).fill(7)) },
      ...{ issuedAt: now, expiresAt: now + 30n },
    };
    const signature = await signCapacityProof(net.client.deployment, net.chain.keys.named('verifier'), proof);
    await recordCapacity(net.writer(alpha.account), { proof, signature });
    const total = async () => {
      const { epoch } = await providerRewards(net.client, alpha.account.address);
      const at = { address: capacity, abi: capacityAbi, blockTag: 'pending' } as const;
      return net.client.public.readContract({ ...at, functionName: 'totalAt', args: [epoch] });
    };
    await net.chain.advanceTime(60);
    expect(await total()).toBe(9n);
    await waitFor(async () => {
      const events = await net.client.public.getContractEvents({
        ...{ address: capacity, abi: capacityAbi, eventName: 'CapacityChanged', fromBlock: 0n },
      });
      expect(events.map(({ args }) => args.total)).toEqual([9n, 0n]);
    });
    await net.chain.advanceTime(60);
    expect(await total()).toBe(0n);
    const posted = await net.client.public.getContractEvents({
      ...{ address: capacity, abi: capacityAbi, eventName: 'Beats', fromBlock: 0n },
    });
    expect(posted).toEqual([]);
  });
});
