import { afterAll, beforeAll, expect, test } from 'vitest';
import { readTeam } from '@encryptech/chain';
import { startChainHome, type ChainHome } from '../../test/chain-home.ts';

const DAY = 86_400;
const THOUSAND = String(1_000n * 10n ** 18n);
let home: ChainHome;
beforeAll(async () => {
  home = await startChainHome();
  await home.say('account', 'new', 'carol');
  await home.say('account', 'fund', 'carol', '1500');
}, 240_000);
afterAll(() => home.stop());

const bond = (...argv: string[]) => home.say('verifier', 'bond', ...argv);

test('show lists all who hold the role, and says whose signatures count', async () => {
  const { roles } = await readTeam(home.client);
  const holders = roles.find(({ role }) => role === 'verifier')!.holders.map(({ account }) => account);
  const listed = (await bond('show', '--json')).json<{ account: string; bond: string; counts: boolean }[]>();
  expect(listed).toMatchObject(holders.map((account) => ({ account, bond: THOUSAND, counts: true })));
  expect((await bond('show')).out).toContain('bond 1000 ENC; its signatures count');
  const { out } = await bond('show', 'carol');
  expect(out).toContain('carol: bond 0 ENC; its signatures do not count: at least 1000 ENC is asked for');
  expect((await bond('show', 'nobody')).code).toBe(2);
});

test('a bond is posted, left, kept after all, left again and withdrawn 37 days later; a rehearsal sends nothing', async () => {
  const rehearsed = await bond('post', 'carol', '1000', '--dry-run', '--json');
  expect(rehearsed.json()).toMatchObject({ action: 'post', amount: THOUSAND, dryRun: true });
  expect((await bond('show', 'carol', '--json')).json<{ bond: string }[]>()[0]!.bond).toBe('0');
  // Nobody sits there to say yes.
  expect((await bond('post', 'carol', '1000')).code).toBe(2);

  const posted = await bond('post', 'carol', '1000', '--yes', '--json');
  // The bond alone makes no verifier: the team gives the role.
  expect(posted.json()).toMatchObject({ now: { bond: THOUSAND, counts: false } });
  expect((await bond('show', 'carol')).out).toContain('it has no role VERIFIER, or was ejected');
  const left = await bond('leave', 'carol', '--yes', '--json');
  expect(left.json<{ now: { availableAt: number } }>().now.availableAt).toBeGreaterThan(0);
  expect((await bond('leave', 'carol', '--yes', '--json')).json()).toMatchObject({
    code: 'chain.attestationsBondState',
  });
  expect((await bond('withdraw', 'carol', '--yes', '--json')).json()).toMatchObject({
    code: 'chain.attestationsStillUnbonding',
  });
  const stayed = await bond('post', 'carol', '0', '--yes', '--json');
  expect(stayed.json()).toMatchObject({ now: { bond: THOUSAND } });
  expect((await bond('withdraw', 'carol', '--yes', '--json')).json()).toMatchObject({
    code: 'chain.attestationsBondState',
  });

  await bond('leave', 'carol', '--yes');
  await home.chain.advanceTime(37 * DAY + 1);
  expect((await bond('withdraw', 'carol', '--yes', '--json')).json()).toMatchObject({
    ...{ action: 'withdraw', amount: THOUSAND, now: { bond: '0' } },
  });
});

test('more than there is, and keys that nobody has, are refused', async () => {
  expect((await bond('post', 'carol', '2000', '--yes', '--json')).json()).toMatchObject({
    code: 'chain.erc20InsufficientBalance',
  });
  expect((await bond('post', 'dave', '1', '--yes', '--json')).json()).toMatchObject({ code: 'cli.noAccount' });
});

test('the embedded network’s own verifier acts under its key’s name', async () => {
  expect((await bond('leave', 'verifier', '--dry-run', '--json')).json()).toMatchObject({
    ...{ action: 'leave', account: home.chain.keys.named('verifier').address, dryRun: true },
  });
});
