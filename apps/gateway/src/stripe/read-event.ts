import { z } from 'zod';
import { gatewayError } from '../errors.ts';

/** What an event says, as far as the gateway cares. */
export type PaymentEvent =
  | { kind: 'paid'; payment: PaidPayment }
  /** Money went back, or is disputed: what is not credited yet must not be. */
  | { kind: 'reversed'; paymentId: string; why: 'refunded' | 'disputed' }
  | { kind: 'ignored'; type: string };

export interface PaidPayment {
  /** The processor's id of the payment. */
  paymentId: string;
  /** Smallest units of the currency, as the processor counts. */
  amount: number;
  /** Lower-case ISO 4217 code. */
  currency: string;
  paidAtSec: number;
  /** What the shop put into the payment's metadata; checked by whoever uses it. */
  account: string | undefined;
  minEncWei: string | undefined;
}

const eventSchema = z.object({
  id: z.string().min(1).max(255),
  object: z.literal('event'),
  type: z.string().min(1).max(255),
  created: z.number().int().positive(),
  livemode: z.boolean(),
  data: z.object({ object: z.record(z.string(), z.unknown()) }),
});

const intentSchema = z.object({
  id: z.string().regex(/^[A-Za-z0-9_]{1,255}$/),
  object: z.literal('payment_intent'),
  status: z.literal('succeeded'),
  amount_received: z.number().int().nonnegative(),
  currency: z.string().regex(/^[a-z]{3}$/),
  metadata: z.record(z.string(), z.string()).default({}),
});

const reversalSchema = z.object({
  payment_intent: z
    .string()
    .regex(/^[A-Za-z0-9_]{1,255}$/)
    .nullable(),
});

/**
 * What a verified body says. Only `payment_intent.succeeded` credits: one event a payment, sent when the money is taken.
 * Refunds and disputes hold back what is not credited yet. All else is ignored.
 *
 * @throws `gateway.badEvent`; `gateway.wrongMode` when test money meets a production network or real money another
 */
export function readEvent(body: Uint8Array, profile: 'embedded' | 'production'): PaymentEvent {
  const event = parse(eventSchema, jsonOf(body), 'the event');
  if (event.livemode !== (profile === 'production')) {
    throw gatewayError({
      code: 'gateway.wrongMode',
      message: event.livemode
        ? 'A payment of real money was sent to a network that is not a production network.'
        : 'A payment of test money was sent to a production network.',
      hint: 'Point the webhook of the other mode here.',
      data: { event: event.id },
    });
  }
  const { object } = event.data;
  switch (event.type) {
    case 'payment_intent.succeeded': {
      const { id, amount_received: amount, currency, metadata } = parse(intentSchema, object, 'the payment');
      const { encryptech_account: account, encryptech_min_wei: minEncWei } = metadata;
      return {
        kind: 'paid',
        payment: { paymentId: id, amount, currency, paidAtSec: event.created, account, minEncWei },
      };
    }
    case 'charge.refunded':
    case 'charge.dispute.created': {
      const { payment_intent: paymentId } = parse(reversalSchema, object, 'the reversal');
      if (paymentId === null) return { kind: 'ignored', type: event.type };
      return { kind: 'reversed', paymentId, why: event.type === 'charge.refunded' ? 'refunded' : 'disputed' };
    }
    default:
      return { kind: 'ignored', type: event.type };
  }
}

function jsonOf(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    throw badEvent('the body is not JSON');
  }
}

function parse<Schema extends z.ZodType>(schema: Schema, value: unknown, what: string): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [first] = parsed.error.issues;
  throw badEvent(`${what} does not fit at "${first?.path.join('.') ?? ''}"`);
}

const badEvent = (why: string) =>
  gatewayError({
    code: 'gateway.badEvent',
    message: `The webhook is signed but no event that this gateway knows: ${why}.`,
    hint: 'Has the processor a newer API version than this gateway?',
  });
