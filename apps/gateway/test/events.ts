// Events of the form that Stripe documents, generated: no account of a processor stands behind them.

export const CUSTOMER = '0x00000000000000000000000000000000000000c5';

interface Paid {
  id: string;
  amount: number;
  currency?: string;
  status?: string;
  createdSec?: number;
  metadata?: Record<string, string>;
}

export const paidEvent = ({ id, amount, currency = 'usd', status = 'succeeded', createdSec, metadata }: Paid) => ({
  id: `evt_${id}`,
  object: 'event',
  api_version: '2024-06-20',
  type: 'payment_intent.succeeded',
  created: createdSec ?? 1_800_000_000,
  livemode: false,
  pending_webhooks: 1,
  data: {
    object: {
      id,
      object: 'payment_intent',
      status,
      amount,
      amount_received: amount,
      currency,
      livemode: false,
      metadata: metadata ?? { encryptech_account: CUSTOMER, encryptech_min_wei: '1' },
    },
  },
});

export const reversalEvent = (paymentIntent: string, type: 'charge.refunded' | 'charge.dispute.created') => ({
  id: `evt_re_${paymentIntent}`,
  object: 'event',
  type,
  created: 1_800_000_100,
  livemode: false,
  data: { object: { id: 'ch_1', object: 'charge', payment_intent: paymentIntent } },
});
