import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startChainHome, type ChainHome } from '../../test/chain-home.ts';

let home: ChainHome;
beforeAll(async () => {
  home = await startChainHome();
  await home.say('account', 'new', 'alice', '--json');
  await home.say('account', 'fund', 'alice', '500');
  await home.say('account', 'deposit', 'alice', '100', '--yes');
  await home.say('stake', 'add', 'alice', '40', '--yes');
}, 240_000);
afterAll(() => home.stop());

interface Printed {
  addsUp: boolean;
  supply: { cap: string; total: string };
  circulating: string;
  inHands: { amount: string };
  holdings: { contract: string; balance: string; parts: Record<string, string> }[];
  checks: { name: string; ok: boolean }[];
}

describe('encryptech economy', () => {
  test('--json has every bucket in wei, and the sum is the supply', async () => {
    const { code, json } = await home.say('economy', '--json');
    expect(code).toBe(0);
    const economy = json<Printed>();
    expect(economy.addsUp).toBe(true);
    expect(economy.supply.cap).toBe('1000000000000000000000000000');
    const parts = (name: string) => economy.holdings.find(({ contract }) => contract === name)!.parts;
    expect(parts('jobs')).toMatchObject({ balances: '100000000000000000000', escrow: '0', uncollectedFees: '0' });
    expect(parts('staking')).toMatchObject({ reserve: '40000000000000000000', unbonding: '0' });
    expect(parts('treasury')).toEqual({ held: '300000000000000000000000000' });
    expect(economy.inHands.amount).toBe('360000000000000000000');
    const sum = economy.holdings.reduce(
      (total, { parts }) => Object.values(parts).reduce((all, part) => all + BigInt(part), total),
      BigInt(economy.inHands.amount),
    );
    expect(sum.toString()).toBe(economy.supply.total);
  });

  test('for people it names the buckets and says that it adds up', async () => {
    const { out } = await home.say('economy');
    expect(out).toContain('It adds up, to the wei.');
    expect(out).toMatch(/deposits and earnings of users +100 +ENC/);
    expect(out).not.toContain('WRONG');
  });
});

test('stake show: new stake counts from the next epoch on', async () => {
  const { json } = await home.say('stake', 'show', 'alice', '--json');
  const facts = json<{ epoch: string; reserve: { active: string; counted: string } }>();
  expect(facts.reserve).toMatchObject({ active: '40000000000000000000', counted: '0' });
  await home.chain.advanceTime(60);
  const { out } = await home.say('stake', 'show', 'alice');
  expect(out).toContain('reserve: 40 ENC counts now, 100.00 % of the pool');
  await home.say('stake', 'unbond', 'alice', '15', '--yes');
  const after = (await home.say('stake', 'show', 'alice', '--json')).json<{
    reserve: { active: string; unbonding: { id: string; assets: string }[] };
  }>();
  expect(after.reserve.active).toBe('25000000000000000000');
  expect(after.reserve.unbonding).toMatchObject([{ id: '0', assets: '15000000000000000000' }]);
});

test('stake withdraw: a rehearsal says how much, the contract says when, an unknown request is refused', async () => {
  const withdraw = (...argv: string[]) => home.say('stake', 'withdraw', 'alice', ...argv, '--json');
  const amount = '15000000000000000000';
  expect((await withdraw('0', '--dry-run')).json()).toMatchObject({
    action: 'withdraw',
    id: '0',
    amount,
    dryRun: true,
  });
  expect((await withdraw('7', '--yes')).json()).toMatchObject({ code: 'cli.badOption', place: 'id' });
  expect((await withdraw('0', '--yes')).json()).toMatchObject({ code: 'chain.stakingStillUnbonding' });
  await home.chain.advanceTime(86_400);
  expect((await withdraw('0', '--yes')).json()).toMatchObject({ amount, transaction: expect.any(String) as string });
  expect((await withdraw('0', '--yes')).json()).toMatchObject({ code: 'cli.badOption' });
});
