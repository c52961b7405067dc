import type { Hex } from 'viem';
import type { PaidPayment } from '../stripe/read-event.ts';

/**
 * - `received`: written down, to be credited.
 * - `credited`: the chain has it.
 * - `refused`: it can't be credited; a person must look at it and refund it.
 * - `held`: money went back before it was credited; it will not be.
 */
export type PaymentState = 'received' | 'credited' | 'refused' | 'held';

export interface Reason {
  code: string;
  message: string;
}

/** A payment and how far it got. */
export interface PaymentRecord {
  paymentId: string;
  receiptId: Hex;
  state: PaymentState;
  /** Absent while all that is known is that money went back. */
  payment?: PaidPayment | undefined;
  /** Why it is refused, held, or still waiting. */
  reason?: Reason | undefined;
  /** Where it was credited. */
  transaction?: Hex | undefined;
  encOutWei?: string | undefined;
  /** Money went back after it was credited: for a person to settle. */
  reversed?: 'refunded' | 'disputed' | undefined;
}

/** What a payment becomes; undefined = it stays as it is. */
export type PaymentChange = (known: PaymentRecord | undefined) => PaymentRecord | undefined;

/** Remembers payments over crashes. Every write is durable when it resolves. */
export interface PaymentStore {
  find(receiptId: Hex): PaymentRecord | undefined;
  /** All of a state, oldest first. */
  list(state: PaymentState): PaymentRecord[];
  /**
   * Changes a payment: one change at a time, each seeing the last one's outcome. Resolves to what is written, or to
   * undefined when the change wants nothing written.
   */
  update(receiptId: Hex, change: PaymentChange): Promise<PaymentRecord | undefined>;
  count(): Record<PaymentState, number> & { reversed: number };
  close(): Promise<void>;
}
