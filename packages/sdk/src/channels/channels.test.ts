import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { privateKeyToAccount } from 'viem/accounts';
import { afterAll, describe, expect, test } from 'vitest';
import type { Hex } from '@encryptech/base';
import { signVoucher } from '@encryptech/protocol';
import { folderVoucherStore } from '../node/folder-voucher-store.ts';
import type { ChannelTerms } from './channel-terms.ts';
import { createVoucherPayee } from './create-voucher-payee.ts';
import { createVoucherPayer } from './create-voucher-payer.ts';
import { memoryVoucherStore } from './memory-voucher-store.ts';
import type { VoucherStore } from './voucher-store.ts';

const folder = mkdtempSync(join(tmpdir(), 'voucher-store-'));
afterAll(() => rmSync(folder, { recursive: true }));

// A published test key: worth nothing anywhere.
const payer = privateKeyToAccount('0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80');
const payee = '0x70997970C51812dc3A010C7d01b50e0d17dc79C8';
const domain = { chainId: 31_337, vouchers: '0x5FbDB2315678afecb367f032d93F642f64180aa3' } as const;
const channelId: Hex = `0x${'6'.repeat(64)}`;
const NOW = 1_800_000_000;

/** A channel of 1,000 wei with ten hours to live, and both ends of it. */
function ends(change: Partial<ChannelTerms> = {}, store: VoucherStore = memoryVoucherStore()) {
  const terms: ChannelTerms = {
    ...{ channelId, payer: payer.address, payee, deposit: 1_000n, paid: 0n },
    ...{ expiresAt: NOW + 36_000, closesAt: 0, isOpen: true, ...change },
  };
  const common = { domain, channel: () => Promise.resolve(terms), nowSec: () => NOW };
  return {
    paying: createVoucherPayer({ ...common, signer: payer, store }),
    paid: createVoucherPayee({ ...common, payee, store: memoryVoucherStore() }),
  };
}

describe('payer and payee', () => {
  test('vouchers add up, and the payee keeps the highest', async () => {
    const { paying, paid } = ends();
    expect(await paid.accept(await paying.pay(channelId, 10n), 10n)).toBe(10n);
    const second = await paying.pay(channelId, 15n);
    expect(second.voucher.total).toBe(25n);
    expect(await paid.accept(second, 5n)).toBe(15n);
    expect(await paid.latest(channelId)).toStrictEqual(second);
  });

  test('payments asked for at once come one after another', async () => {
    const { paying } = ends();
    const all = await Promise.all([1n, 2n, 3n].map((amount) => paying.pay(channelId, amount)));
    expect(all.map(({ voucher }) => voucher.total)).toStrictEqual([1n, 3n, 6n]);
  });

  test('a payment that fails spends nothing and holds nothing up', async () => {
    const { paying } = ends();
    await expect(paying.pay(channelId, 1_001n)).rejects.toMatchObject({ code: 'sdk.channelEmpty' });
    await expect(paying.pay(channelId, 0n)).rejects.toMatchObject({ code: 'sdk.badOption' });
    expect((await paying.pay(channelId, 1_000n)).voucher.total).toBe(1_000n);
  });

  test('a voucher pays once', async () => {
    const { paying, paid } = ends();
    const signed = await paying.pay(channelId, 10n);
    await paid.accept(signed, 10n);
    await expect(paid.accept(signed, 10n)).rejects.toMatchObject({ code: 'sdk.badVoucher', data: { added: '0' } });
    await expect(paid.accept(signed, 0n)).rejects.toMatchObject({ code: 'sdk.badVoucher' });
  });

  test('of two copies handed in at once one is paid for', async () => {
    const { paying, paid } = ends();
    const signed = await paying.pay(channelId, 10n);
    const outcomes = await Promise.allSettled([paid.accept(signed, 10n), paid.accept(signed, 10n)]);
    expect(outcomes.map(({ status }) => status)).toStrictEqual(['fulfilled', 'rejected']);
  });

  test('what was redeemed counts, though the store forgot it', async () => {
    const { paying, paid } = ends({ paid: 40n });
    const signed = await paying.pay(channelId, 2n);
    expect(signed.voucher.total).toBe(42n);
    expect(await paid.accept(signed, 2n)).toBe(2n);
  });

  test.each([
    ['closed', { isOpen: false }],
    ['closing', { closesAt: NOW + 60 }],
    ['expired', { expiresAt: NOW - 1 }],
  ])('a %s channel takes no payment', async (_, change) => {
    const { paying, paid } = ends(change);
    await expect(paying.pay(channelId, 1n)).rejects.toMatchObject({ code: 'sdk.channelOver' });
    const signed = await ends().paying.pay(channelId, 1n);
    await expect(paid.accept(signed, 1n)).rejects.toMatchObject({ code: 'sdk.channelOver' });
  });

  test('a payee wants time to redeem', async () => {
    const { paying, paid } = ends({ expiresAt: NOW + 3_599 });
    const signed = await paying.pay(channelId, 1n);
    await expect(paid.accept(signed, 1n)).rejects.toMatchObject({ code: 'sdk.channelOver' });
  });

  test('a voucher above the deposit, for somebody else, of another key or chain is refused', async () => {
    const { paid } = ends();
    const bad = { code: 'sdk.badVoucher' };
    const over = { channelId, total: 1_001n };
    const good = { channelId, total: 7n };
    const sign = (voucher: typeof good, place: typeof domain | { chainId: number; vouchers: Hex }, by = payer) =>
      signVoucher(voucher, place, by);
    await expect(paid.accept({ voucher: over, signature: await sign(over, domain) }, 1n)).rejects.toMatchObject(bad);
    const other = privateKeyToAccount(`0x${'11'.repeat(32)}`);
    const forged = { voucher: good, signature: await sign(good, domain, other) };
    await expect(paid.accept(forged, 1n)).rejects.toMatchObject(bad);
    const elsewhere = { voucher: good, signature: await sign(good, { ...domain, chainId: 1 }) };
    await expect(paid.accept(elsewhere, 1n)).rejects.toMatchObject(bad);
    const signature = await sign(good, domain);
    await expect(paid.accept({ voucher: { ...good, total: 8n }, signature }, 1n)).rejects.toMatchObject(bad);
    await expect(ends({ payee: payer.address }).paid.accept({ voucher: good, signature }, 1n)).rejects.toMatchObject(
      bad,
    );
    expect(await paid.accept({ voucher: good, signature }, 7n)).toBe(7n);
  });
});

describe('the folder store', () => {
  test('a payer goes on after a restart', async () => {
    const place = join(folder, 'payer');
    await ends({}, folderVoucherStore(place)).paying.pay(channelId, 10n);
    expect((await ends({}, folderVoucherStore(place)).paying.pay(channelId, 5n)).voucher.total).toBe(15n);
    const path = join(place, `${channelId}.json`);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readFileSync(path, 'utf8')).toContain('"total":"15"');
  });

  test('a damaged file is an error and no empty channel', async () => {
    const place = join(folder, 'damaged');
    const store = folderVoucherStore(place);
    const { paying } = ends({}, store);
    await paying.pay(channelId, 10n);
    writeFileSync(join(place, `${channelId}.json`), '{"voucher":', { mode: 0o600 });
    await expect(paying.pay(channelId, 5n)).rejects.toMatchObject({ code: 'sdk.badConfig' });
  });

  test('a payment that can not be kept is not handed out', async () => {
    const store: VoucherStore = { get: () => Promise.resolve(undefined), put: () => Promise.reject(new Error('full')) };
    await expect(ends({}, store).paying.pay(channelId, 10n)).rejects.toThrow('full');
  });
});
