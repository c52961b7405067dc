import { afterAll, beforeAll, expect, test } from 'vitest';
import { digest, openMarket, type Market } from '../../test/open-market.ts';
import { startNetwork, type TestNetwork } from '../../test/start-network.ts';
import { chainTime } from '../client/chain-time.ts';
import { readEconomy } from '../economy/economy.ts';
import { accountBalances } from '../read/account-balances.ts';
import { entitlementFacts } from '../read/entitlement-facts.ts';
import { stake } from '../write/stake.ts';
import { claimRewards } from './claim-rewards.ts';
import { postBeats } from './post-beats.ts';
import { providerRewards } from './provider-rewards.ts';
import { recordCapacity, signCapacityProof } from './record-capacity.ts';
import { openTally } from './tallied-epoch.ts';
import { tallyRewards } from './tally-rewards.ts';

const ENC = 10n ** 18n;
const EPOCH_SEC = 60;
let net: TestNetwork;
let market: Market;
beforeAll(async () => {
  net = await startNetwork();
  market = await openMarket(net);
});
afterAll(() => net.stop());

test('paid work becomes a score, a score becomes ENC; each step once, and the economy adds up', async () => {
  const { client } = net;
  const { provider } = market.people;
  const match = await market.newMatch(1n);
  await market.propose(match);
  await market.start(match);
  await market.deliver(match);
  await net.chain.advanceTime(10);
  await market.settle(match);
  const { epoch: worked } = await providerRewards(client, provider.address);

  await net.chain.advanceTime(EPOCH_SEC);
  const open = await openTally(client, [provider.address, market.people.developer.address]);
  expect(open).toEqual({ epoch: worked, providers: [provider.address] });
  await tallyRewards(market.writers.matcher, { providers: open.providers, key: 'tally' });
  expect((await openTally(client, [provider.address])).providers).toEqual([]);
  const [counted] = (await providerRewards(client, provider.address)).epochs;
  // 100 ENC less 5 %… the work is worth what was paid for it.
  expect(counted).toMatchObject({ epoch: worked, work: 100n * ENC, qualified: false, due: 0n, paid: undefined });
  expect(counted!.score).toBe(counted!.scoreOfAll);
  await expect(
    claimRewards(market.writers.provider, { provider: provider.address, epochs: [worked] }),
  ).rejects.toMatchObject({ code: 'chain.rewardsNotOpen' });

  await net.chain.advanceTime(EPOCH_SEC);
  const { due } = await providerRewards(client, provider.address);
  // 90 % of what the epoch emits: nobody qualified for the bonus, and without verified capacity demand counts as none.
  const whole = (await readEconomy(client)).emission.next.least;
  expect(due).toBe((whole * 9_000n) / 10_000n);
  const before = (await accountBalances(client, provider.address)).enc;
  await claimRewards(market.writers.matcher, { provider: provider.address, epochs: [worked] });
  expect((await accountBalances(client, provider.address)).enc - before).toBe(due);
  expect(await providerRewards(client, provider.address)).toMatchObject({ due: 0n, paid: due });
  const economy = await readEconomy(client);
  expect(economy.emission).toMatchObject({ minted: due, allotted: due });
  expect(economy.checks.filter(({ ok }) => !ok)).toEqual([]);
});

test('verified capacity counts from the next epoch; it entitles who staked, and beats count', async () => {
  const { client, deployment, chain } = net;
  const { provider, developer } = market.people;
  await stake(market.writers.developer, { pool: 'reserve', amount: 40n * ENC, key: 'reserve' });
  const now = BigInt(await chainTime(client));
  const proof = {
    ...{ provider: provider.address, speed: 20_000n, evidence: digest('ee'), issuedAt: now, expiresAt: now + 86_400n },
  };
  const signature = await signCapacityProof(deployment, chain.keys.named('verifier'), proof);
  await recordCapacity(market.writers.matcher, { proof, signature });
  const forged = { ...proof, issuedAt: now + 1n };
  await expect(
    recordCapacity(market.writers.matcher, {
      ...{ proof: forged, signature: await signCapacityProof(deployment, chain.keys.user(5), forged) },
    }),
  ).rejects.toMatchObject({ code: expect.stringMatching(/^chain\.capacity/) as string });
  await net.chain.advanceTime(EPOCH_SEC);
  // 20,000 micro-units a second for 60 seconds, all of it for the only staker.
  expect(await entitlementFacts(client, developer.address)).toEqual({
    entitled: 1_200_000n,
    used: 0n,
    left: 1_200_000n,
  });

  const { epoch } = await providerRewards(client, provider.address);
  await net.chain.advanceTime(EPOCH_SEC);
  const beats = [{ provider: provider.address, bitmap: 0b111111n }];
  await postBeats(market.writers.matcher, { epoch, beats, key: 'beats' });
  await expect(postBeats(market.writers.provider, { epoch, beats, key: 'own' })).rejects.toMatchObject({
    code: 'chain.capacityNotMonitor',
  });
  await tallyRewards(market.writers.matcher, { providers: [provider.address], key: 'tally2' });
  const idle = (await providerRewards(client, provider.address)).epochs.at(-1)!;
  expect(idle).toMatchObject({ epoch, work: 0n, availabilityBps: 10_000, qualified: true });
});
