import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  accountBalances,
  chainTime,
  claimRewards,
  expire,
  postBeats,
  providerFacts,
  providerRewards,
  recordCapacity,
  registerProvider,
  rewardsAbi,
  signCapacityProof,
  stake,
  tallyRewards,
} from '@encryptech/chain';
import type { Address } from '@encryptech/base';
import { BONUS_AVAILABILITY_BPS, BONUS_BPS } from '@encryptech/market';
import { digest, openMarket, type Market } from '../../../chain/test/open-market.ts';
import { startNetwork, type TestNetwork } from '../../../chain/test/start-network.ts';
import { describeEpochEarning, describeJobEarning } from './describe-earning.ts';
import { providerEarnings } from './provider-earnings.ts';

const ENC = 10n ** 18n;
const EPOCH_SEC = 60;
let net: TestNetwork;
let market: Market;
let me: Address;
let other: Address;
let nonce = 0n;
beforeAll(async () => {
  net = await startNetwork();
  market = await openMarket(net);
  me = market.people.provider.address;
  other = net.chain.keys.user(8).address;
});
afterAll(() => net.stop());

/** A job whose window is over. */
async function delivered() {
  const match = await market.newMatch(++nonce);
  await market.propose(match);
  await market.start(match);
  await market.deliver(match);
  await net.chain.advanceTime(10);
  return match;
}

async function measure(provider: Address, speed: bigint): Promise<void> {
  const now = BigInt(await chainTime(net.client));
  const proof = { provider, speed, evidence: digest('ee'), issuedAt: now, expiresAt: now + 86_400n };
  const signature = await signCapacityProof(net.deployment, net.chain.keys.named('verifier'), proof);
  await recordCapacity(market.writers.matcher, { proof, signature });
}

/** Waits for the next epoch and puts the one that ended on record. */
async function tally(bitmaps: Record<Address, bigint>): Promise<bigint> {
  const { epoch } = await providerRewards(net.client, me);
  await net.chain.advanceTime(EPOCH_SEC);
  const beats = Object.entries(bitmaps).map(([provider, bitmap]) => ({ provider: provider as Address, bitmap }));
  await postBeats(market.writers.matcher, { epoch, beats, key: `beats${epoch}` });
  await tallyRewards(market.writers.matcher, { providers: [me, other], key: `tally${epoch}` });
  return epoch;
}

test('the constants of the bonus in packages/market are those of the deployed contract', async () => {
  const rewards = { address: net.deployment.contracts.rewards, abi: rewardsAbi } as const;
  const read = (functionName: 'BONUS_BPS' | 'BONUS_AVAILABILITY_BPS') =>
    net.client.public.readContract({ ...rewards, functionName });
  expect(await read('BONUS_BPS')).toBe(BONUS_BPS);
  expect(await read('BONUS_AVAILABILITY_BPS')).toBe(BONUS_AVAILABILITY_BPS);
});

test('nothing is nothing', async () => {
  expect(await providerEarnings(net.client, me)).toMatchObject({
    ...{ jobs: [], epochs: [], reputationBps: 3_333n },
    totals: { jobs: 0n, fetched: 0n, due: 0n, penalties: 0n },
  });
});

test('a job, capacity and heartbeats become score, share and bonus: every part equals the contract’s to the wei', async () => {
  const writer = net.writer(net.chain.keys.user(8));
  await net.give(other, 100n * ENC);
  await net.chain.fund(other);
  await stake(writer, { pool: 'provide', amount: 50n * ENC, key: 'other' });
  await registerProvider(writer, { url: 'https://other.example', speed: 1_000_000n });
  await measure(me, 500_000n);
  await measure(other, 1_000_000_000n);
  await net.chain.advanceTime(EPOCH_SEC);
  await market.settle(await delivered());
  const epoch = await tally({ [me]: 63n, [other]: 31n });

  const counting = await providerEarnings(net.client, me);
  expect(counting.jobs).toMatchObject([
    { end: 'settled', attempt: 1, rate: ENC / 10n, price: 100n * ENC, paid: 95n * ENC, treasuryFee: 5n * ENC },
  ]);
  // The sceptical prior (1, 2): 1 of 3 before; 101 of 103 after 100 ENC of work.
  expect(counting.jobs[0]!.reputation).toEqual({ beforeBps: 3_333n, afterBps: 9_805n });
  expect(counting.reputationBps).toBe(BigInt((await providerFacts(net.client, me)).reputationBps));
  expect(counting.epochs).toMatchObject([
    {
      ...{ epoch, work: 100n * ENC, capacityUnits: 30_000_000n, availabilityBps: 10_000n, level: 0, levelBps: 10_000n },
      // 30 units at a thousandth of an ENC.
      ...{ idle: (3n * ENC) / 100n, quantity: 100_030_000n, qualified: true, state: 'counting', agrees: true },
    },
  ]);
  expect((await providerEarnings(net.client, other)).epochs).toMatchObject([
    // 60,000 units for five slots of six, bounded by 50 ENC of stake.
    { availabilityBps: 8_333n, isStakeBound: false, quantity: 49_998_000n, qualified: false, bonus: 0n, agrees: true },
  ]);

  await net.chain.advanceTime(EPOCH_SEC);
  const [due] = (await providerEarnings(net.client, me)).epochs;
  expect(due).toMatchObject({ state: 'due', agrees: true });
  expect(due!.bonus).toBeGreaterThan(0n);
  // All of the bonus is one tenth of what the epoch emits; it alone qualified.
  expect(due!.bonus).toBe(due!.emission / 10n);
  expect(due!.share + due!.bonus).toBe((await providerRewards(net.client, me)).due);
  const before = (await accountBalances(net.client, me)).enc;
  await claimRewards(market.writers.matcher, { provider: me, epochs: [epoch] });
  expect((await accountBalances(net.client, me)).enc - before).toBe(due!.share + due!.bonus);
  const fetched = await providerEarnings(net.client, me);
  expect(fetched.epochs).toEqual([{ ...due, state: 'fetched' }]);
  expect(fetched.totals).toEqual({ jobs: 95n * ENC, fetched: due!.share + due!.bonus, due: 0n, penalties: 0n });
});

test('stake bounds Q; a second tally that raises the score is explained by what stood behind it then', async () => {
  await measure(other, 2_000_000_000n);
  await net.chain.advanceTime(EPOCH_SEC);
  const epoch = await tally({ [other]: 7n });
  await postBeats(market.writers.matcher, { epoch, beats: [{ provider: other, bitmap: 63n }], key: 'more' });
  await tallyRewards(market.writers.matcher, { providers: [other, me], key: 'again' });
  expect((await providerEarnings(net.client, other)).epochs.at(-1)).toMatchObject({
    ...{ epoch, availabilityBps: 10_000n, isStakeBound: true, quantity: 50_000_000n, qualified: true, agrees: true },
  });
});

test('a missed deadline pays what a checkpoint covers and costs reputation; time heals, as the contract says', async () => {
  const match = await market.newMatch(++nonce);
  await market.propose(match);
  await market.start(match);
  await market.checkpoint(match, 100);
  await net.chain.advanceTime(EPOCH_SEC + 601);
  await expire(market.writers.matcher, { jobId: market.jobOf(match), attempt: 1 });
  const { jobs, reputationBps } = await providerEarnings(net.client, me);
  const late = jobs.at(-1)!;
  expect(late).toMatchObject({ end: 'expired', paid: (2_375n * ENC) / 100n, treasuryFee: (125n * ENC) / 100n });
  expect(late.reputation.afterBps).toBeLessThan(late.reputation.beforeBps);
  expect(late.reputation.afterBps).toBe(reputationBps);
  await net.chain.advanceTime(7 * EPOCH_SEC);
  const later = await providerEarnings(net.client, me);
  expect(later.reputationBps).toBe(BigInt((await providerFacts(net.client, me)).reputationBps));
  expect(later.reputationBps).not.toBe(reputationBps);
});

test('lines for people name work, price, fee, reputation; Q, c, R, share and bonus', async () => {
  const { jobs, epochs } = await providerEarnings(net.client, me);
  expect(describeJobEarning(jobs[0]!).replace(/0x\w{8}/, '0x')).toBe(
    'job 0x… attempt 1: 95 ENC for work of 100 ENC at 0.1 ENC a unit (1000 units); treasury 5 ENC; reputation 33.33 % → 98.05 %',
  );
  expect(describeJobEarning(jobs.at(-1)!)).toContain('23.75 ENC for work of 25 ENC of 100 ENC');
  expect(describeEpochEarning(epochs[0]!)).toMatch(
    /^epoch \d+: Q 100.03 \(work 100 ENC, capacity that was there 0.03 ENC\) × c 1 \(level 0\) × R² \(98.01 %\) = [\d.]+ % of all scores; share [\d.]+ ENC \+ bonus [\d.]+ ENC; [\d.]+ ENC fetched$/,
  );
});
