import type { Hex } from '@encryptech/base';
import { signVoucher, type Signer, type VoucherDomain } from '@encryptech/protocol';
import { sdkError } from '../errors.ts';
import type { ChannelTerms } from './channel-terms.ts';
import { inOrder } from './in-order.ts';
import type { SignedVoucher, VoucherStore } from './voucher-store.ts';

/** Pays in channels by signature. */
export interface VoucherPayer {
  /**
   * A voucher over `amount` wei more than the last one of the channel, kept before it is handed out. Payments of one channel
   * come one after another, whoever asks at once.
   *
   * @throws `sdk.channelOver` when the channel is closed, closing or expired, `sdk.channelEmpty` when too little is left,
   * `sdk.badOption` for an amount that is not positive
   */
  pay(channelId: Hex, amount: bigint): Promise<SignedVoucher>;
}

/** A payer over a store of its last vouchers. `channel` reads what the chain says, `nowSec` the chain's clock. */
export function createVoucherPayer(options: {
  domain: VoucherDomain;
  signer: Signer;
  store: VoucherStore;
  channel: (channelId: Hex) => Promise<ChannelTerms>;
  nowSec: () => number;
}): VoucherPayer {
  const { domain, signer, store, channel, nowSec } = options;
  const queue = inOrder();
  const pay = async (channelId: Hex, amount: bigint): Promise<SignedVoucher> => {
    if (amount <= 0n)
      throw sdkError({ code: 'sdk.badOption', message: 'A payment must be positive.', place: 'amount' });
    const terms = await channel(channelId);
    if (!terms.isOpen || terms.closesAt !== 0 || nowSec() > terms.expiresAt) {
      throw sdkError({
        code: 'sdk.channelOver',
        message: 'The channel is closed, closing or expired.',
        hint: 'Open another one.',
        data: { channelId },
      });
    }
    const last = (await store.get(channelId))?.voucher.total ?? 0n;
    // What was redeemed without this store, by another device of the payer, counts too.
    const total = (last > terms.paid ? last : terms.paid) + amount;
    if (total > terms.deposit) {
      throw sdkError({
        code: 'sdk.channelEmpty',
        message: `The channel holds ${terms.deposit} wei, and this payment would make ${total}.`,
        hint: 'Top it up.',
        data: { channelId, deposit: terms.deposit.toString(), total: total.toString() },
      });
    }
    const voucher = { channelId, total };
    const signed = { voucher, signature: await signVoucher(voucher, domain, signer) };
    await store.put(signed);
    return signed;
  };
  return { pay: (channelId, amount) => queue(channelId, () => pay(channelId, amount)) };
}
