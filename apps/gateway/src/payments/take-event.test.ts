import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PaymentEvent } from '../stripe/read-event.ts';
import { openPaymentStore } from './open-payment-store.ts';
import type { PaymentStore } from './payment-store.ts';
import { takeEvent } from './take-event.ts';
import { receiptIdOf } from './to-credit.ts';

const id = receiptIdOf('pi_1');
const paid: PaymentEvent = {
  kind: 'paid',
  payment: {
    ...{ paymentId: 'pi_1', amount: 1, currency: 'usd', paidAtSec: 1 },
    ...{ account: undefined, minEncWei: undefined },
  },
};
const refunded: PaymentEvent = { kind: 'reversed', paymentId: 'pi_1', why: 'refunded' };

let dir = '';
let store: PaymentStore;
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'encryptech-payments-'));
  store = await openPaymentStore(join(dir, 'payments.jsonl'));
});
afterEach(async () => {
  await store.close();
  rmSync(dir, { recursive: true, force: true });
});

describe('takeEvent', () => {
  it('takes a payment once, also when it comes twice at once', async () => {
    const results = await Promise.all([takeEvent(store, paid), takeEvent(store, paid)]);
    expect(results).toEqual(['taken', 'known']);
    expect(store.list('received')).toHaveLength(1);
  });

  it('holds a refunded payment, whichever comes first', async () => {
    await takeEvent(store, paid);
    await takeEvent(store, refunded);
    expect(store.find(id)?.state).toBe('held');
    expect(await takeEvent(store, paid)).toBe('known');
    expect(store.find(id)?.state).toBe('held');
  });

  it('loses no change that comes while another is written', async () => {
    await takeEvent(store, paid);
    const wait = { code: 'chain.pricesStale', message: '' };
    const waits = store.update(id, (known) => (known?.state === 'received' ? { ...known, reason: wait } : undefined));
    const held = takeEvent(store, refunded);
    const again = store.update(id, (known) => (known?.state === 'received' ? { ...known, reason: wait } : undefined));
    await Promise.all([waits, held, again]);
    expect(store.find(id)?.state).toBe('held');
  });

  it('knows everything again after a restart, but for a line that was cut short', async () => {
    await takeEvent(store, paid);
    await store.close();
    const file = join(dir, 'payments.jsonl');
    writeFileSync(file, '{"half', { flag: 'a' });
    store = await openPaymentStore(file);
    expect(store.count()).toEqual({ received: 1, credited: 0, refused: 0, held: 0, reversed: 0 });
  });

  it('does not start on a damaged line', async () => {
    await store.close();
    const file = join(dir, 'payments.jsonl');
    writeFileSync(file, '{"half\n');
    await expect(openPaymentStore(file)).rejects.toMatchObject({
      code: 'gateway.storeFailed',
      place: `${file}, line 1`,
    });
    writeFileSync(file, '');
    store = await openPaymentStore(file);
  });
});
