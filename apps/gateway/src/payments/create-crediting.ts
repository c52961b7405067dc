import { isEncryptechError } from '@encryptech/base';
import type { Log } from '@encryptech/chain';
import type { CreditChain, Credited } from './credit-chain.ts';
import type { PaymentRecord, PaymentStore } from './payment-store.ts';
import { toCredit } from './to-credit.ts';

/** Refusals that no later try can heal: a person must refund the payment. All others are tried again. */
const FINAL = new Set([
  'chain.gatewayBadReceipt',
  'chain.gatewayPaymentLimit',
  'gateway.noAccount',
  'gateway.unsupportedCurrency',
  'gateway.badAmount',
]);
/** Too old to be credited, once it is; a moment ahead of the chain's clock it is only early. */
const TOO_OLD = 'chain.gatewayBadTime';

export interface Crediting {
  /** Tries every payment that waits, one after the other. Rejects only when the store does. */
  round(): Promise<void>;
}

/**
 * Credits what was received. The record of a payment is written before its transaction, and the transaction before it is
 * sent, so a crash at any point neither loses nor repeats a credit: the next round finds the payment, and the sender or
 * the contract finds the credit.
 */
export function createCrediting(options: {
  store: PaymentStore;
  chain: CreditChain;
  chainTimeSec: () => Promise<number>;
  log: Log;
}): Crediting {
  const { store, chain, chainTimeSec, log } = options;

  const settle = async ({ receiptId }: PaymentRecord, { transaction, encOutWei }: Credited): Promise<void> => {
    const credited = { state: 'credited', transaction, encOutWei: encOutWei.toString(), reason: undefined } as const;
    await store.update(receiptId, (known) => {
      if (known === undefined || known.state === 'credited') return undefined;
      // The money went back while the transaction was under way.
      const went =
        known.state === 'held' ? (known.reason?.code === 'gateway.disputed' ? 'disputed' : 'refunded') : undefined;
      return { ...known, ...credited, reversed: went };
    });
    log.info({ receiptId, transaction }, 'A payment was credited');
  };

  const refuse = async ({ receiptId }: PaymentRecord, state: 'refused' | 'received', error: unknown): Promise<void> => {
    const reason = isEncryptechError(error)
      ? { code: error.code, message: error.message }
      : { code: 'internal', message: 'An unexpected error; see the log.' };
    const written = await store.update(receiptId, (known) => {
      if (known?.state !== 'received' || (known.reason?.code === reason.code && state === 'received')) return undefined;
      return { ...known, state, reason };
    });
    if (written === undefined) return;
    const what = state === 'refused' ? 'A payment cannot be credited: refund it' : 'A payment waits';
    log.warn({ receiptId, code: reason.code, error: String(error) }, what);
  };

  const creditOne = async (record: PaymentRecord): Promise<void> => {
    if (record.payment === undefined) return;
    try {
      const credit = toCredit(record.payment);
      // The clock of the chain may lag: a payment must not lie ahead of it.
      if ((await chainTimeSec()) < credit.paidAtSec) throw new Early();
      const known = await chain.find(credit.receiptId);
      await settle(record, known ?? (await chain.credit(credit)));
    } catch (error) {
      if (error instanceof Early) return;
      const code = isEncryptechError(error) ? error.code : '';
      if (code === 'gateway.storeFailed') throw error;
      if (code === 'chain.gatewayReceiptUsed') {
        const known = await chain.find(record.receiptId).catch(() => undefined);
        if (known) return settle(record, known);
      }
      await refuse(record, FINAL.has(code) || code === TOO_OLD ? 'refused' : 'received', error);
    }
  };

  return {
    round: async () => {
      for (const { receiptId } of store.list('received')) {
        // Others may have taken long: it may be held by now.
        const record = store.find(receiptId);
        if (record?.state === 'received') await creditOne(record);
      }
    },
  };
}

class Early extends Error {}
