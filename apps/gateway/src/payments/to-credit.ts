import { keccak256, toHex as hexOf, type Address, type Hex } from 'viem';
import { getAddress, isAddress } from 'viem';
import { gatewayError } from '../errors.ts';
import type { PaidPayment } from '../stripe/read-event.ts';

/** A payment in the terms of the contract. */
export interface Credit {
  /** keccak256 of `stripe:` and the payment's id. */
  receiptId: Hex;
  account: Address;
  /** ISO 4217 number. */
  currency: number;
  /** Millionths of the currency's unit. */
  amountE6: bigint;
  paidAtSec: number;
  minOutWei: bigint;
}

/** ISO 4217: number and decimal places. The processor counts in the smallest unit: yen have none. */
const CURRENCIES: Readonly<Record<string, { number: number; decimals: number }>> = {
  usd: { number: 840, decimals: 2 },
  eur: { number: 978, decimals: 2 },
  gbp: { number: 826, decimals: 2 },
  chf: { number: 756, decimals: 2 },
  jpy: { number: 392, decimals: 0 },
};
const MOST_E6 = 2n ** 96n - 1n;
const MOST_WEI = 2n ** 128n - 1n;

/** The name of a payment on the chain, for ever. */
export const receiptIdOf = (paymentId: string): Hex => keccak256(hexOf(`stripe:${paymentId}`));

/**
 * The credit that a payment asks for.
 *
 * @throws `gateway.noAccount` `gateway.unsupportedCurrency` `gateway.badAmount`: such a payment is kept, for a person to look at
 */
export function toCredit(payment: PaidPayment): Credit {
  const { account, currency, amount, minEncWei = '0' } = payment;
  if (account === undefined || !isAddress(account, { strict: false }) || BigInt(account) === 0n) {
    throw gatewayError({
      code: 'gateway.noAccount',
      message: 'The payment names no account to credit.',
      place: 'metadata.encryptech_account',
      hint: 'The shop must put the buyer’s address into the metadata of the payment intent. Refund the payment.',
    });
  }
  const known = Object.hasOwn(CURRENCIES, currency) ? CURRENCIES[currency] : undefined;
  if (known === undefined) {
    throw gatewayError({
      code: 'gateway.unsupportedCurrency',
      message: `Payments in "${currency}" are not credited.`,
      hint: `Sell in one of: ${Object.keys(CURRENCIES).join(', ')}. Refund the payment.`,
      data: { currency },
    });
  }
  const amountE6 = BigInt(amount) * 10n ** BigInt(6 - known.decimals);
  const minOutWei = /^(0|[1-9][0-9]{0,38})$/.test(minEncWei) ? BigInt(minEncWei) : -1n;
  if (amountE6 === 0n || amountE6 > MOST_E6 || minOutWei < 0n || minOutWei > MOST_WEI) {
    throw gatewayError({
      code: 'gateway.badAmount',
      message: 'The amount, or the least ENC that was promised for it, cannot be credited.',
      place: minOutWei < 0n ? 'metadata.encryptech_min_wei' : 'amount_received',
      hint: 'Refund the payment.',
    });
  }
  const { paymentId, paidAtSec } = payment;
  return {
    ...{ receiptId: receiptIdOf(paymentId), account: getAddress(account), currency: known.number },
    ...{ amountE6, paidAtSec, minOutWei },
  };
}
