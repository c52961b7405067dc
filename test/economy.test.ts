import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Address, JobId } from '@encryptech/base';
import { capacityAbi, providerFacts, providersAbi } from '@encryptech/chain';
import { jobEvents } from './network/job-events.ts';
import { PATIENCE } from './network/patience.ts';
import { publishWdbc } from './network/published-dataset.ts';
import { startTestNetwork, type TestNetwork } from './network/test-network.ts';
import { until } from './network/until.ts';

// The economy beside jobs, on the running network: machines are measured, answer heartbeats, secure computing, and have a price.
vi.setConfig(PATIENCE);

const EPOCH_SEC = 60;
let network: TestNetwork;
let providers: Record<'alpha' | 'beta', Address>;
beforeAll(async () => {
  network = await startTestNetwork();
  providers = { alpha: (await network.person('alpha')).address, beta: (await network.person('beta')).address };
});
afterAll(() => network.end());

const capacity = () => ({ address: network.client.deployment.contracts.capacity, abi: capacityAbi }) as const;
const proofOf = (account: Address) =>
  network.client.public.readContract({ ...capacity(), functionName: 'proofOf', args: [account] });

test('the verifier measures both machines; nobody counts for more than it declared', async () => {
  for (const account of Object.values(providers)) {
    const proof = await until(
      'a measurement',
      async () => ((await proofOf(account)).speed > 0n ? proofOf(account) : undefined),
      { timeoutMs: 120_000, everyMs: 500 },
    );
    expect(proof.speed).toBeLessThanOrEqual((await providerFacts(network.client, account)).speed);
  }
});

test('who stakes in the pool "reserve" is entitled to a part of it, and a reserved order is matched at the posted rate', async () => {
  const staked = await network.encryptech('stake', 'add', 'developer', '100', '--pool', 'reserve', '--yes', '--json');
  expect(staked.code, staked.out).toBe(0);
  // Stake and capacity count from the next epoch.
  await network.running.chain.advanceTime(EPOCH_SEC);
  const shown = (await network.encryptech('stake', 'show', 'developer', '--json')).json<{
    entitlement: { entitled: string };
  }>();
  const entitled = Number(shown.entitlement.entitled);
  expect(entitled).toBeGreaterThan(0);

  const { datasetId } = await publishWdbc(network, { options: ['--epsilon-cap', '20', '--fee', '1'] });
  const made = await network.encryptech('model', 'new', 'mlp', '--inputs', '30', '--outputs', '2', '--json');
  expect(made.code).toBe(0);
  // A second of a machine is a hundredth of a unit: what fits into an epoch's entitlement, however slow this machine is.
  const seconds = Math.max(2, Math.min(60, Math.floor((entitled * 0.5) / 10_000)));
  const submitted = await network.encryptech(
    ...['job', 'submit', 'model.onnx', '--dataset', datasetId, '--epsilon', '1', '--steps', '5'],
    ...['--duration', String(seconds), '--class', 'reserved', '--yes', '--json'],
  );
  expect(submitted.code, submitted.out).toBe(0);
  const { jobId } = submitted.json<{ jobId: JobId }>();
  const matched = await until('a match', async () => (await jobEvents(network.client, jobId, 'Matched'))[0], {
    timeoutMs: 90_000,
  });
  const { ask } = await network.client.public.readContract({
    ...{ address: network.client.deployment.contracts.providers, abi: providersAbi, functionName: 'provider' },
    args: [matched.provider],
  });
  expect(matched.rate).toBe(ask);
});

test('heartbeats of an epoch are posted in one batch, and idle machines have a score', async () => {
  const posted = await until(
    'posted heartbeats',
    async () => {
      const [event] = await network.client.public.getContractEvents({
        ...{ ...capacity(), eventName: 'Beats', args: { provider: providers.beta }, fromBlock: 0n },
      });
      return event;
    },
    { timeoutMs: 180_000, everyMs: 1_000 },
  );
  const { epoch, bitmap } = posted.args;
  expect(bitmap).toBeGreaterThan(0n);
  const [bps] = await network.client.public.readContract({
    ...{ ...capacity(), functionName: 'availabilityBps', args: [providers.beta, epoch!], blockTag: 'pending' },
  });
  expect(bps).toBeGreaterThan(0);
});

test('ENC has a price that says that it is made up, and everything still adds up', async () => {
  const { code, json } = await network.encryptech('economy', '--json');
  const economy = json<{ addsUp: boolean; price: { encUsdE8: string; isDevelopment: boolean }; checks: object[] }>();
  expect([code, economy.addsUp]).toEqual([0, true]);
  expect(economy.price).toMatchObject({ encUsdE8: '25000000', isDevelopment: true });
  expect((await network.encryptech('economy')).out).toContain('a development price');
});
