import { afterAll, beforeAll, expect, test } from 'vitest';
import { startNetwork, type TestNetwork } from '../../test/start-network.ts';
import { chainTime } from '../client/chain-time.ts';
import { readEconomy } from '../economy/economy.ts';
import { accountBalances } from '../read/account-balances.ts';
import { channelBalance, channelFacts, listChannels } from './channel-facts.ts';
import { closeChannel } from './close-channel.ts';
import { openChannel } from './open-channel.ts';
import { redeemVoucher } from './redeem-voucher.ts';
import { topUpChannel } from './top-up-channel.ts';
import { signVoucher, voucherSigner } from './voucher.ts';
import { withdrawFromChannels } from './withdraw-from-channels.ts';

const ENC = 10n ** 18n;
let net: TestNetwork;
beforeAll(async () => {
  net = await startNetwork();
  await net.give(net.chain.keys.user(0).address, 100n * ENC);
});
afterAll(() => net.stop());

test('a channel from its opening to the last wei, and the economy adds up all along', async () => {
  const { client, deployment, chain } = net;
  const [payer, payee] = [chain.keys.user(0), chain.keys.user(1)];
  const [spend, earn] = [net.writer(payer), net.writer(payee)];
  await chain.fund(payee.address);
  const expiresAt = (await chainTime(client)) + 86_400;
  const { channelId } = await openChannel(spend, { payee: payee.address, amount: 40n * ENC, expiresAt, key: 'open' });
  expect(await listChannels(client, payee.address)).toMatchObject([{ channelId, deposit: 40n * ENC, paid: 0n }]);

  const voucher = { channelId, total: 10n * ENC };
  const signature = await signVoucher(deployment, payer, voucher);
  expect(await voucherSigner(deployment, voucher, signature)).toBe(payer.address);
  await redeemVoucher(earn, { voucher, signature });
  // 5 % are the treasury's.
  expect(await channelBalance(client, payee.address)).toBe((95n * ENC) / 10n);
  await expect(redeemVoucher(earn, { voucher, signature })).rejects.toMatchObject({ code: 'chain.vouchersNotHigher' });
  const beyond = { channelId, total: 60n * ENC };
  await expect(
    redeemVoucher(earn, { voucher: beyond, signature: await signVoucher(deployment, payer, beyond) }),
  ).rejects.toMatchObject({ code: 'chain.vouchersAboveDeposit' });
  await topUpChannel(spend, { channelId, amount: 20n * ENC, expiresAt, key: 'topUp' });

  await closeChannel(spend, { how: 'request', channelId });
  await expect(closeChannel(spend, { how: 'finish', channelId })).rejects.toMatchObject({
    code: 'chain.vouchersTooEarly',
  });
  const vouchers = (await readEconomy(client)).holdings.find(({ contract }) => contract === 'vouchers')!;
  expect(vouchers.parts).toEqual({ channels: 50n * ENC, balances: (95n * ENC) / 10n, uncollectedFees: ENC / 2n });
  await net.chain.advanceTime(21);
  await closeChannel(spend, { how: 'finish', channelId });
  expect(await channelFacts(client, channelId)).toMatchObject({ isOpen: false });
  await withdrawFromChannels(spend, { amount: 50n * ENC, key: 'withdraw' });
  expect((await accountBalances(client, payer.address)).enc).toBe(90n * ENC);
  expect((await readEconomy(client)).addsUp).toBe(true);
});

test('the payee closes at once with its highest voucher; a stranger’s signature is worth nothing', async () => {
  const { client, deployment, chain } = net;
  const payer = chain.keys.user(0);
  const earn = net.writer(chain.keys.user(1));
  const expiresAt = (await chainTime(client)) + 86_400;
  const { channelId } = await openChannel(net.writer(payer), {
    ...{ payee: earn.account, amount: 8n * ENC, expiresAt, key: 'open2' },
  });
  const voucher = { channelId, total: 3n * ENC };
  const forged = await signVoucher(deployment, chain.keys.user(2), voucher);
  await expect(
    closeChannel(earn, { how: 'close', channelId, last: { voucher, signature: forged } }),
  ).rejects.toMatchObject({
    code: 'chain.vouchersBadSignature',
  });
  const signature = await signVoucher(deployment, payer, voucher);
  await closeChannel(earn, { how: 'close', channelId, last: { voucher, signature } });
  expect(await channelBalance(client, payer.address)).toBe(5n * ENC);
});
