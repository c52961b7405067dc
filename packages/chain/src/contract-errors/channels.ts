import { BOUNDS_HINT, SIGN_AGAIN, type ContractErrorFacts } from './facts.ts';

/** Errors of payment channels. */
export const channelErrors = {
  VouchersZeroAmount: { message: 'The amount is zero.', hint: 'Give an amount above zero.' },
  VouchersBadPayee: { message: 'The payee is the zero address or the payer itself.' },
  VouchersBadExpiry: {
    message: 'A channel must outlast its dispute window, last a year at most, and only gets longer.',
    hint: 'Choose another expiry.',
  },
  VouchersUnknownChannel: { message: 'There is no such open channel.', hint: 'It may have been closed.' },
  VouchersNotAllowed: {
    message: 'The caller is not the party that may do this.',
    hint: 'The payer asks to close; the payee closes at once.',
  },
  VouchersBadSignature: { message: 'The voucher is not signed by the channel’s payer.', hint: SIGN_AGAIN },
  VouchersNotHigher: {
    message: 'The voucher is not higher than the last one redeemed.',
    hint: 'Vouchers name the sum since the opening: only the highest counts.',
  },
  VouchersAboveDeposit: {
    message: 'The voucher exceeds what lies in the channel.',
    hint: 'The payer can top it up; nothing was used up.',
  },
  VouchersTooLate: { message: 'The channel’s time or its dispute window is over.' },
  VouchersTooEarly: {
    message: 'The channel’s time or its dispute window still runs.',
    hint: 'Try again after the time given.',
    retry: 'later',
  },
  VouchersClosing: { message: 'The payer has asked to close the channel.', hint: 'Open a new one.' },
  VouchersInsufficientBalance: { message: 'The account’s balance in the channels’ contract is smaller.' },
  VouchersBadParameter: { message: 'A parameter of the channels lies outside its bounds.', hint: BOUNDS_HINT },
} as const satisfies Record<string, ContractErrorFacts>;
