import type { PaymentEvent } from '../stripe/read-event.ts';
import { receiptIdOf } from './to-credit.ts';
import type { PaymentRecord, PaymentStore } from './payment-store.ts';

/**
 * Writes down what an event says and resolves to what became of it. The same event, or another one of the same payment,
 * changes nothing a second time; events may come in any order.
 */
export async function takeEvent(store: PaymentStore, event: PaymentEvent): Promise<'taken' | 'known' | 'ignored'> {
  if (event.kind === 'ignored') return 'ignored';
  const paymentId = event.kind === 'paid' ? event.payment.paymentId : event.paymentId;
  const receiptId = receiptIdOf(paymentId);
  const written = await store.update(receiptId, (known) => {
    const next = event.kind === 'paid' ? paid(known, event) : reversed(known, event);
    return next === undefined ? undefined : { ...next, paymentId, receiptId };
  });
  return written === undefined ? 'known' : 'taken';
}

type Next = Omit<PaymentRecord, 'paymentId' | 'receiptId'> | undefined;

function paid(known: PaymentRecord | undefined, { payment }: PaymentEvent & { kind: 'paid' }): Next {
  if (known === undefined) return { state: 'received', payment };
  // The reversal came first: keep what the payment was, credit nothing.
  return known.payment === undefined ? { ...known, payment } : undefined;
}

function reversed(known: PaymentRecord | undefined, { why }: PaymentEvent & { kind: 'reversed' }): Next {
  const reason = { code: `gateway.${why}`, message: `The money was ${why} before it was credited.` };
  if (known === undefined || known.state === 'received') return { ...known, state: 'held', reason };
  return known.state === 'credited' && known.reversed === undefined ? { ...known, reversed: why } : undefined;
}
