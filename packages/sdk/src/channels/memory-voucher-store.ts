import type { Hex } from '@encryptech/base';
import type { SignedVoucher, VoucherStore } from './voucher-store.ts';

/** A store that forgets when the process ends: for tests, and for payers who close their channel before. */
export function memoryVoucherStore(): VoucherStore {
  const vouchers = new Map<Hex, SignedVoucher>();
  return {
    get: (channelId) => Promise.resolve(vouchers.get(channelId)),
    put: (signed) => {
      vouchers.set(signed.voucher.channelId, signed);
      return Promise.resolve();
    },
  };
}
