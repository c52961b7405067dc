import type { Hex } from '@encryptech/base';
import { verifyVoucher, type VoucherDomain } from '@encryptech/protocol';
import { sdkError } from '../errors.ts';
import type { ChannelTerms } from './channel-terms.ts';
import { inOrder } from './in-order.ts';
import type { SignedVoucher, VoucherStore } from './voucher-store.ts';

/** Takes payments in channels. */
export interface VoucherPayee {
  /**
   * The wei that the voucher adds, at least `price`, once it is kept. Before that nothing should be served for it.
   *
   * @throws `sdk.badVoucher` when it adds less than the price, exceeds the deposit, is for another payee or signed by another
   * than the payer (wallet contracts as payers are refused: what they sign they can take back), `sdk.channelOver` when
   * the time left is too short to bring it to the chain
   */
  accept(signed: SignedVoucher, price: bigint): Promise<bigint>;
  /** The highest voucher of a channel: what `redeemVoucher` and `closeChannel` of @encryptech/chain take. */
  latest(channelId: Hex): Promise<SignedVoucher | undefined>;
}

/** A payee over a store of highest vouchers. `marginSec` is the time it wants to have for redeeming (default an hour). */
export function createVoucherPayee(options: {
  domain: VoucherDomain;
  payee: Hex;
  store: VoucherStore;
  channel: (channelId: Hex) => Promise<ChannelTerms>;
  nowSec: () => number;
  marginSec?: number;
}): VoucherPayee {
  const { domain, payee, store, channel, nowSec, marginSec = 3_600 } = options;
  const queue = inOrder();
  const accept = async ({ voucher, signature }: SignedVoucher, price: bigint): Promise<bigint> => {
    const terms = await channel(voucher.channelId);
    if (!terms.isOpen || terms.closesAt !== 0 || nowSec() + marginSec > terms.expiresAt) {
      throw sdkError({
        code: 'sdk.channelOver',
        message: 'The channel is closed, closing, or expires before the voucher could be redeemed.',
        hint: 'Open another channel.',
        data: { channelId: voucher.channelId },
      });
    }
    if (terms.payee.toLowerCase() !== payee.toLowerCase()) throw bad('The channel pays somebody else.');
    if (voucher.total > terms.deposit) throw bad('The voucher exceeds the deposit.', { deposit: `${terms.deposit}` });
    const last = (await store.get(voucher.channelId))?.voucher.total ?? 0n;
    const added = voucher.total - (last > terms.paid ? last : terms.paid);
    if (added < price || added <= 0n)
      throw bad('The voucher adds less than the price.', { price: `${price}`, added: `${added}` });
    await verifyVoucher(voucher, signature, domain, terms.payer).catch((cause: unknown) => {
      throw bad('The voucher is not signed by the payer.', { payer: terms.payer }, cause);
    });
    await store.put({ voucher, signature });
    return added;
  };
  return {
    accept: (signed, price) => queue(signed.voucher.channelId, () => accept(signed, price)),
    latest: (channelId) => store.get(channelId),
  };
}

const bad = (message: string, data: Record<string, string> = {}, cause?: unknown): Error =>
  sdkError({ code: 'sdk.badVoucher', message, hint: 'Ask the payer for a new voucher.', data, cause });
