import { describe, expect, it } from 'vitest';
import { CUSTOMER } from '../../test/events.ts';
import { toCredit } from './to-credit.ts';

const payment = {
  ...{ paymentId: 'pi_1', amount: 5_025, currency: 'usd', paidAtSec: 1_800_000_000 },
  ...{ account: CUSTOMER, minEncWei: '198000000000000000000' },
};

describe('toCredit', () => {
  it('counts cents into millionths of a dollar', () => {
    expect(toCredit(payment)).toEqual({
      // keccak256("stripe:pi_1"), by eth-utils.
      receiptId: '0xa43dc257045611c9ffa9745b7762ceb13900ca8accbd6b42c53bfb1b6ac90275',
      account: '0x00000000000000000000000000000000000000c5',
      currency: 840,
      amountE6: 50_250_000n,
      paidAtSec: 1_800_000_000,
      minOutWei: 198_000_000_000_000_000_000n,
    });
  });

  it('knows currencies without a smaller unit', () => {
    expect(toCredit({ ...payment, currency: 'jpy', amount: 5_025 }).amountE6).toBe(5_025_000_000n);
  });

  it('promises nothing where the shop promised nothing', () => {
    expect(toCredit({ ...payment, minEncWei: undefined }).minOutWei).toBe(0n);
  });

  it.each([
    ['no account', { account: undefined }, 'gateway.noAccount'],
    ['half an account', { account: '0x1234' }, 'gateway.noAccount'],
    ['the zero account', { account: `0x${'0'.repeat(40)}` }, 'gateway.noAccount'],
    ['an unknown currency', { currency: 'xyz' }, 'gateway.unsupportedCurrency'],
    ['a name of Object', { currency: 'constructor' }, 'gateway.unsupportedCurrency'],
    ['nothing paid', { amount: 0 }, 'gateway.badAmount'],
    ['a fraction promised', { minEncWei: '1.5' }, 'gateway.badAmount'],
    ['a negative promise', { minEncWei: '-1' }, 'gateway.badAmount'],
    ['more than there can be', { minEncWei: '9'.repeat(39) }, 'gateway.badAmount'],
  ])('refuses %s', (_, change, code) => {
    expect(() => toCredit({ ...payment, ...change })).toThrow(expect.objectContaining({ code }));
  });
});
