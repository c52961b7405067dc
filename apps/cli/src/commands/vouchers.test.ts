import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startChainHome, type ChainHome } from '../../test/chain-home.ts';

let home: ChainHome;
let channel: string;
beforeAll(async () => {
  home = await startChainHome();
  await home.say('account', 'new', 'alice');
  await home.say('account', 'new', 'bob', '--role', 'provider');
  await home.say('account', 'fund', 'alice', '50');
  await home.say('account', 'fund', 'bob', '1');
  const opened = await home.say('vouchers', 'open', 'alice', 'bob', '20', '--days', '2', '--yes', '--json');
  expect(opened.code).toBe(0);
  channel = opened.json<{ channelId: string }>().channelId;
}, 240_000);
afterAll(() => home.stop());

test('a voucher is signed without gas, redeemed once, and the payee is credited less the fee', async () => {
  expect((await home.say('vouchers', 'sign', 'alice', channel, '8', '--out', 'v.json')).code).toBe(0);
  const redeemed = await home.say('vouchers', 'redeem', 'bob', 'v.json', '--yes', '--json');
  expect(redeemed.json()).toMatchObject({ action: 'redeem', total: '8000000000000000000' });
  const shown = (await home.say('vouchers', 'show', 'bob', '--json')).json();
  expect(shown).toMatchObject({ balance: '7600000000000000000', channels: [{ paid: '8000000000000000000' }] });
  const again = await home.say('vouchers', 'redeem', 'bob', 'v.json', '--yes', '--json');
  // The same transaction under the same key: nothing is sent twice.
  expect([again.code, again.json()['transaction']]).toEqual([0, redeemed.json()['transaction']]);
});

test.each([
  ['a sum that is not higher', ['sign', 'alice', '8'], 'would be worth nothing'],
  ['a sum above the deposit', ['sign', 'alice', '21'], 'would be worth nothing'],
  ['not the payer', ['sign', 'bob', '9'], 'bob is not the payer of this channel.'],
])('%s is refused before it is signed', async (_what, [verb, who, total], words) => {
  const { code, err } = await home.say('vouchers', verb!, who!, channel, total!);
  expect(code).toBe(2);
  expect(err).toContain(words);
});

test('a voucher that was changed, of another network, or none is refused with the next step', async () => {
  const document = JSON.parse(await readFile(join(home.dir, 'v.json'), 'utf8')) as Record<string, unknown>;
  const refused = async (change: Record<string, unknown>): Promise<string> => {
    await writeFile(join(home.dir, 'bad.json'), JSON.stringify({ ...document, ...change }));
    const { code, err } = await home.say('vouchers', 'redeem', 'bob', 'bad.json', '--yes');
    expect(code).toBe(2);
    return err;
  };
  expect(await refused({ total: '9000000000000000000' })).toContain('not signed by the channel’s payer');
  expect(await refused({ chainId: 1 })).toContain('another network');
  expect(await refused({ total: 'all' })).toContain('holds no voucher');
});

test('the payer asks for the end, waits the dispute window and takes the rest', async () => {
  const asked = await home.say('vouchers', 'close', 'alice', channel.slice(0, 12), '--yes', '--json');
  expect(asked.json()).toMatchObject({ action: 'request' });
  const early = await home.say('vouchers', 'close', 'alice', channel, '--yes', '--json');
  expect([early.code, early.json()['code']]).toEqual([3, 'chain.vouchersTooEarly']);
  await home.chain.advanceTime(25);
  expect((await home.say('vouchers', 'close', 'alice', channel, '--yes', '--json')).json()).toMatchObject({
    action: 'finish',
  });
  expect((await home.say('vouchers', 'withdraw', 'alice', '12', '--yes')).code).toBe(0);
  const { addsUp } = (await home.say('economy', '--json')).json<{ addsUp: boolean }>();
  expect(addsUp).toBe(true);
});
