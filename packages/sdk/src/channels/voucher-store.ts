import type { Hex } from '@encryptech/base';
import type { Voucher } from '@encryptech/protocol';

/** A voucher and the payer's signature: what is worth money. */
export interface SignedVoucher {
  voucher: Voucher;
  signature: Hex;
}

/**
 * Where the highest voucher of each channel is kept. `put` resolves when it survives a crash: a payer that forgot one would
 * sign a lower one, a payee that forgot one would lose it.
 */
export interface VoucherStore {
  get(channelId: Hex): Promise<SignedVoucher | undefined>;
  put(signed: SignedVoucher): Promise<void>;
}
