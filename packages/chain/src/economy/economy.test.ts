import { encodeAbiParameters, encodeFunctionData, keccak256 } from 'viem';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openMarket, type Market } from '../../test/open-market.ts';
import { startNetwork, type TestNetwork } from '../../test/start-network.ts';
import { encTokenAbi } from '../abis.ts';
import { collectFees } from '../write/collect-fees.ts';
import { requestUnbond } from '../write/request-unbond.ts';
import { stake } from '../write/stake.ts';
import { readEconomy, type Economy, type Holding } from './economy.ts';

const ENC = 10n ** 18n;
let net: TestNetwork;
let market: Market;

beforeAll(async () => {
  net = await startNetwork();
  market = await openMarket(net);
});
afterAll(() => net.stop());

const partsOf = ({ holdings }: Economy, contract: Holding['contract']) =>
  holdings.find((holding) => holding.contract === contract)!.parts;

test('every wei has its place, from the order to the collected fee', async () => {
  const match = await market.newMatch(1n);
  const before = await readEconomy(net.client);
  expect(before).toMatchObject({ addsUp: true, supply: { total: 600_000_000n * ENC, cap: 1_000_000_000n * ENC } });
  expect(partsOf(before, 'jobs')).toEqual({ balances: 1_000n * ENC, escrow: 0n, uncollectedFees: 0n });
  expect(partsOf(before, 'staking')).toEqual({ reserve: 0n, provide: 2_000n * ENC, unbonding: 0n });
  expect(partsOf(before, 'attestations')).toEqual({ bonds: 1_000n * ENC });
  expect(before.circulating).toBe(11_000n * ENC);
  expect(before.inHands).toEqual({ amount: 7_000n * ENC, accounts: 2 });

  await market.propose(match);
  // 1,000 units at most 0.2 ENC each and 25 ENC for the data.
  expect(partsOf(await readEconomy(net.client), 'jobs')).toMatchObject({ escrow: 225n * ENC, balances: 775n * ENC });
  await market.start(match);
  await market.deliver(match);
  // The owner has its 20 ENC with the delivery.
  expect(partsOf(await readEconomy(net.client), 'jobs')).toMatchObject({ escrow: 205n * ENC, balances: 795n * ENC });
  await net.chain.advanceTime(10);
  await market.settle(match);
  const settled = await readEconomy(net.client);
  expect(partsOf(settled, 'jobs')).toEqual({ balances: 995n * ENC, escrow: 0n, uncollectedFees: 5n * ENC });
  expect(settled.addsUp).toBe(true);

  await collectFees(market.writers.matcher, { key: 'collect' });
  const collected = await readEconomy(net.client);
  expect(partsOf(collected, 'treasury')).toEqual({ held: 300_000_005n * ENC });
  expect(collected.circulating).toBe(10_995n * ENC);
  expect(collected.checks.map(({ ok }) => ok)).not.toContain(false);
});

test('stake on its way out is counted once', async () => {
  await stake(market.writers.developer, { pool: 'reserve', amount: 40n * ENC, key: 'reserve' });
  await requestUnbond(market.writers.provider, { pool: 'provide', amount: 3n * ENC, key: 'unbond' });
  const economy = await readEconomy(net.client);
  expect(partsOf(economy, 'staking')).toEqual({ reserve: 40n * ENC, provide: 1_997n * ENC, unbonding: 3n * ENC });
  expect(economy.addsUp).toBe(true);
});

test('ENC that somebody sent to a contract by mistake is shown as nobody’s, and the sum still holds', async () => {
  const { contracts } = net.deployment;
  const data = encodeFunctionData({ abi: encTokenAbi, functionName: 'transfer', args: [contracts.jobs, 7n] });
  await market.writers.developer.send({ key: 'gift', to: contracts.token, data });
  const economy = await readEconomy(net.client);
  expect(partsOf(economy, 'jobs')).toMatchObject({ unclaimedByAny: 7n });
  expect(economy.addsUp).toBe(true);
});

test('a wei that is missing from a contract is noticed on both sides', async () => {
  const { token, staking } = net.deployment.contracts;
  const snapshot = await net.chain.client.snapshot();
  // The token keeps balances in the mapping of its first slot.
  const slot = keccak256(encodeAbiParameters([{ type: 'address' }, { type: 'uint256' }], [staking, 0n]));
  const before = await readEconomy(net.client);
  const held = before.holdings.find(({ contract }) => contract === 'staking')!.balance;
  await net.chain.client.setStorageAt({
    address: token,
    index: slot,
    value: `0x${(held - 1n).toString(16).padStart(64, '0')}`,
  });
  await net.chain.client.mine({ blocks: 1 });
  const after = await readEconomy(net.client);
  expect(after.addsUp).toBe(false);
  expect(after.checks.filter(({ ok }) => !ok).map(({ name }) => name)).toEqual(['holdersAreSupply', 'stakingCovered']);
  await net.chain.client.revert({ id: snapshot });
});
