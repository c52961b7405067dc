import { afterAll, beforeAll, expect, test } from 'vitest';
import { digest, openMarket, type Market } from '../../test/open-market.ts';
import { startNetwork, type TestNetwork } from '../../test/start-network.ts';
import { chainTime } from '../client/chain-time.ts';
import { accountBalances } from '../read/account-balances.ts';
import { datasetBudget } from '../read/dataset-budget.ts';
import { datasetFacts } from '../read/dataset-facts.ts';
import { isNonceCancelled } from '../read/is-nonce-cancelled.ts';
import { isPaused } from '../read/is-paused.ts';
import { jobParameters } from '../read/job-parameters.ts';
import { jobState } from '../read/job-state.ts';
import { providerFacts } from '../read/provider-facts.ts';
import { cancel } from './cancel.ts';
import { cancelNonce } from './cancel-nonce.ts';
import { collectFees } from './collect-fees.ts';
import { expire } from './expire.ts';
import { recordAttestation } from './record-attestation.ts';
import { requestUnbond } from './request-unbond.ts';
import { setPaused } from './set-paused.ts';
import { signFinding } from './sign-finding.ts';
import { updateProvider } from './update-provider.ts';
import { withdraw } from './withdraw.ts';
import { withdrawStake } from './withdraw-stake.ts';

const ENC = 10n ** 18n;
let net: TestNetwork;
let market: Market;
beforeAll(async () => {
  net = await startNetwork();
  market = await openMarket(net);
});
afterAll(() => net.stop());

test('a job from match to payment, without sleeping: time passes on the chain’s clock only', async () => {
  const { client } = net;
  const { developer, provider, owner } = market.people;
  const match = await market.newMatch(1n);
  const jobId = market.jobOf(match);
  expect(await jobState(client, jobId)).toMatchObject({ state: 'None' });
  const outcome = await market.propose(match);
  expect(outcome).toMatchObject({ matched: [jobId], refused: [] });
  // 1,000 units × 0.2 ENC + 25 ENC, the order's limits.
  expect((await accountBalances(client, developer.address)).deposit).toBe(775n * ENC);
  await market.start(match);
  await market.checkpoint(match, 100);
  expect(await jobState(client, jobId)).toMatchObject({ state: 'Started', checkpointStep: 100, attempt: 1 });
  await market.deliver(match);
  await expect(market.settle(match)).rejects.toMatchObject({ code: 'chain.jobsTooEarly', retry: 'later' });
  await net.chain.advanceTime(8);
  await market.settle(match);
  expect(await jobState(client, jobId)).toMatchObject({ state: 'Settled' });
  // 1,000 units × 0.1 ENC = 100 ENC; 5 % to the treasury; 20 ENC to the owner.
  expect((await accountBalances(client, provider.address)).deposit).toBe(95n * ENC);
  expect((await accountBalances(client, owner.address)).deposit).toBe(20n * ENC);
  expect((await accountBalances(client, developer.address)).deposit).toBe(880n * ENC);
  const budget = await datasetBudget(client, market.datasetId);
  // At the lowest orders ε = 3 leaves no room at all: there a ledger keeps one more than its cap, 0.
  expect(budget.spent).toEqual([...Array<number>(5).fill(1), ...Array<number>(11).fill(50_000)]);
  expect(budget.reserved).toEqual(Array<number>(16).fill(0));
  expect(budget.left[0]).toBe(0);
  expect(budget.left[15]).toBe(budget.caps[15]! - 50_000);
  expect(budget.words.spentLow).toBe(0x0000c3500000c3500000c3500000000100000001000000010000000100000001n);
});

test('a quiet chain is not stuck in the past: settle passes the simulation after the window by real time', async () => {
  const match = await market.newMatch(2n);
  await market.propose(match);
  await market.start(match);
  await market.deliver(match);
  const { deadline } = await jobState(net.client, market.jobOf(match));
  expect(deadline - (await chainTime(net.client))).toBeGreaterThan(0);
  // Only the clock moves, no block comes: what an idle embedded chain is like.
  await net.chain.client.increaseTime({ seconds: 9 });
  const blocks = await net.client.public.getBlockNumber();
  await market.settle(match);
  expect(await net.client.public.getBlockNumber()).toBe(blocks + 1n);
});

test('of a batch the good matches are made and each bad one is refused with its reason', async () => {
  const good = await market.newMatch(3n);
  const tooDear = await market.newMatch(4n, { maxRate: ENC / 100n });
  const forged = { ...(await market.newMatch(5n)), orderSig: good.orderSig };
  const { matched, refused } = await market.propose(tooDear, good, forged);
  expect(matched).toEqual([market.jobOf(good)]);
  expect(refused.map(({ jobId, reason }) => [jobId, reason.code])).toEqual([
    [market.jobOf(tooDear), 'chain.jobsRateOutOfRange'],
    [market.jobOf(forged), 'chain.jobsBadSignature'],
  ]);
  expect(refused[0]!.reason.data).toEqual({
    rate: (ENC / 10n).toString(),
    ask: (ENC / 20n).toString(),
    maxRate: (ENC / 100n).toString(),
  });
  await cancel(market.writers.developer, { order: good.order, jobId: market.jobOf(good) });
  expect(await jobState(net.client, market.jobOf(good))).toMatchObject({ state: 'Cancelled' });
});

test('a large batch has gas for its last match: none is refused for running out', async () => {
  const matches = await Promise.all(
    [...Array(6).keys()].map((i) => market.newMatch(100n + BigInt(i), { units: 1_000_000n, maxRate: ENC })),
  );
  const { matched, refused, transaction } = await market.propose(...matches);
  expect(refused).toEqual([]);
  expect(matched).toHaveLength(6);
  expect(transaction.gasUsed / 6n).toBeLessThan(350_000n);
  for (const match of matches)
    await cancel(market.writers.developer, { order: match.order, jobId: market.jobOf(match) });
});

test('a missed deadline: expired by anybody, then matched again from the paid step', async () => {
  const match = await market.newMatch(6n);
  const jobId = market.jobOf(match);
  await market.propose(match);
  await market.start(match);
  await market.checkpoint(match, 100);
  await expect(expire(market.writers.owner, { jobId, attempt: 1 })).rejects.toMatchObject({
    code: 'chain.jobsTooEarly',
  });
  await net.chain.advanceTime(700);
  await expire(market.writers.owner, { jobId, attempt: 1 });
  expect(await jobState(net.client, jobId)).toMatchObject({ state: 'Expired', paidSteps: 100 });
  const again = await market.newMatch(6n, { expiresAt: match.order.expiresAt });
  expect(market.jobOf(again)).toBe(jobId);
  expect((await market.propose(again)).matched).toEqual([jobId]);
  expect(await jobState(net.client, jobId)).toMatchObject({ state: 'Matched', attempt: 2 });
  await cancel(market.writers.developer, { order: match.order, jobId });
});

test('the facts of provider, dataset, parameters, pause and nonces', async () => {
  const { client } = net;
  await updateProvider(market.writers.provider, { url: 'https://new.example', speed: 2_000_000n, key: 'update' });
  const facts = await providerFacts(client, market.people.provider.address);
  expect(facts).toMatchObject({
    registered: true,
    active: true,
    url: 'https://new.example',
    speed: 2_000_000n,
    level: 0,
  });
  expect(facts.freeStake + facts.lockedStake).toBe(2_000n * ENC);
  expect(await providerFacts(client, market.people.owner.address)).toMatchObject({ registered: false, url: '' });
  expect(await datasetFacts(client, market.datasetId)).toMatchObject({
    owner: market.people.owner.address,
    fee: 20n * ENC,
  });
  await expect(datasetFacts(client, market.jobOf(await market.newMatch(1n)) as never)).rejects.toMatchObject({
    code: 'chain.unknownDataset',
  });
  expect(await jobParameters(client)).toEqual({
    ...{ startWindow: 60, contestWindow0: 8, contestWindow1: 8, contestWindow2: 5, contestWindow3: 5 },
    ...{ feeBps: 500, stakeRatioBps: 5_000 },
  });
  const signer = market.people.developer.address;
  expect(await isNonceCancelled(client, { signer, nonce: 9n })).toBe(false);
  await cancelNonce(market.writers.developer, { nonce: 9n });
  expect(await isNonceCancelled(client, { signer, nonce: 9n })).toBe(true);
  const guardian = net.writer(net.chain.keys.named('guardian'));
  await setPaused(guardian, { contract: 'jobs', paused: true, key: 'pause' });
  expect(await isPaused(client)).toBe(true);
  const match = await market.newMatch(7n);
  await expect(market.propose(match)).rejects.toMatchObject({ code: 'chain.enforcedPause' });
  await setPaused(net.writer(net.chain.keys.named('team')), { contract: 'jobs', paused: false, key: 'unpause' });
  expect(await isPaused(client)).toBe(false);
});

test('a registered verifier’s finding gives a level until it expires; nobody else’s does', async () => {
  const { client, deployment, chain } = net;
  const subject = market.people.provider.address;
  const now = BigInt(await chainTime(client));
  const finding = {
    ...{ subject, level: 2, evidenceId: digest('e1'), policyDigest: digest('e2') },
    ...{ measurement: digest('e3'), device: digest('e4') },
    ...{ issuedAt: now, expiresAt: now + 3_600n },
  };
  const record = async (signer: 'verifier' | 'matcher', change = {}) => {
    const result = { ...finding, ...change };
    const account = chain.keys.named(signer);
    const signature = await signFinding(result, deployment, account);
    const signatures = [{ verifier: account.address, signature }];
    return recordAttestation(market.writers.owner, { finding: result, signatures });
  };
  await expect(record('matcher')).rejects.toMatchObject({ code: 'chain.attestationsUnknownVerifier' });
  await record('verifier');
  expect((await providerFacts(client, subject)).level).toBe(2);
  await expect(record('verifier', { level: 3 })).rejects.toMatchObject({ code: 'chain.attestationsSuperseded' });
  await chain.advanceTime(3_601);
  expect((await providerFacts(client, subject)).level).toBe(0);
});

test('money out: balances, fees and stake leave through their own doors', async () => {
  const { client } = net;
  const { provider } = market.people;
  const before = await accountBalances(client, provider.address);
  await withdraw(market.writers.provider, { amount: 95n * ENC, key: 'w' });
  const after = await accountBalances(client, provider.address);
  expect(after.enc - before.enc).toBe(95n * ENC);
  expect(before.deposit - after.deposit).toBe(95n * ENC);
  await expect(withdraw(market.writers.provider, { amount: 10n ** 24n, key: 'w2' })).rejects.toMatchObject({
    ...{ code: 'chain.jobsInsufficientBalance', data: { wanted: '1000000000000000000000000' } },
  });
  await collectFees(market.writers.owner, { key: 'fees' });
  const { id, availableAt } = await requestUnbond(market.writers.provider, { pool: 'provide', amount: ENC, key: 'u' });
  expect(availableAt - (await chainTime(client))).toBeGreaterThan(86_390);
  await expect(withdrawStake(market.writers.provider, { pool: 'provide', id })).rejects.toMatchObject({
    code: 'chain.stakingStillUnbonding',
  });
  await net.chain.advanceTime(86_400);
  await withdrawStake(market.writers.provider, { pool: 'provide', id });
  expect((await accountBalances(client, provider.address)).enc - after.enc).toBe(ENC);
});
