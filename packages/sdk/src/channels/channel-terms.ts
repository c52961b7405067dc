import type { Address, Hex } from '@encryptech/base';

/** What a channel allows now, as `channelFacts` of @encryptech/chain reads it. Amounts in wei. */
export interface ChannelTerms {
  channelId: Hex;
  payer: Address;
  payee: Address;
  deposit: bigint;
  paid: bigint;
  /** Last second for vouchers. */
  expiresAt: number;
  /** Last second of the dispute window; 0 when nobody asked to close. */
  closesAt: number;
  isOpen: boolean;
}
