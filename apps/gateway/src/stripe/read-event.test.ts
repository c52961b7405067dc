import { describe, expect, it } from 'vitest';
import { paidEvent, reversalEvent } from '../../test/events.ts';
import { readEvent } from './read-event.ts';

const bytes = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
const code = (code: string) => expect.objectContaining({ code });

describe('readEvent', () => {
  it('reads a payment', () => {
    expect(readEvent(bytes(paidEvent({ id: 'pi_1', amount: 5000 })), 'embedded')).toEqual({
      kind: 'paid',
      payment: {
        ...{ paymentId: 'pi_1', amount: 5000, currency: 'usd', paidAtSec: 1_800_000_000 },
        ...{ account: '0x00000000000000000000000000000000000000c5', minEncWei: '1' },
      },
    });
  });

  it('reads refunds and disputes', () => {
    const refund = readEvent(bytes(reversalEvent('pi_1', 'charge.refunded')), 'embedded');
    expect(refund).toEqual({ kind: 'reversed', paymentId: 'pi_1', why: 'refunded' });
    const dispute = readEvent(bytes(reversalEvent('pi_1', 'charge.dispute.created')), 'embedded');
    expect(dispute).toEqual({ kind: 'reversed', paymentId: 'pi_1', why: 'disputed' });
  });

  it('ignores what moves no money', () => {
    const event = { ...paidEvent({ id: 'pi_1', amount: 1 }), type: 'payment_intent.created' };
    expect(readEvent(bytes(event), 'embedded')).toEqual({ kind: 'ignored', type: 'payment_intent.created' });
  });

  it('keeps test money from production and real money from a test network', () => {
    const event = paidEvent({ id: 'pi_1', amount: 5000 });
    expect(() => readEvent(bytes(event), 'production')).toThrow(code('gateway.wrongMode'));
    expect(() => readEvent(bytes({ ...event, livemode: true }), 'embedded')).toThrow(code('gateway.wrongMode'));
    expect(readEvent(bytes({ ...event, livemode: true }), 'production')).toMatchObject({ kind: 'paid' });
  });

  it.each([
    ['no JSON', new TextEncoder().encode('{')],
    ['no UTF-8', new Uint8Array([0xff, 0xfe])],
    ['no event', bytes({ object: 'charge' })],
    ['a payment that did not succeed', bytes(paidEvent({ id: 'pi_1', amount: 1, status: 'processing' }))],
    ['a fraction of a cent', bytes(paidEvent({ id: 'pi_1', amount: 0.5 }))],
    ['a negative amount', bytes(paidEvent({ id: 'pi_1', amount: -1 }))],
    ['an id with a colon', bytes(paidEvent({ id: 'pi:1', amount: 1 }))],
  ])('refuses %s', (_, body) => {
    expect(() => readEvent(body, 'embedded')).toThrow(code('gateway.badEvent'));
  });
});
