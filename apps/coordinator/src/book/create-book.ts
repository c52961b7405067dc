import type { Database } from '@encryptech/chain';
import { createClearingBook, type ClearingBook } from './clearing-book.ts';
import { createGrantBook, type GrantBook } from './grant-book.ts';
import { createOfferBook, type OfferBook } from './offer-book.ts';
import { createOrderBook, type OrderBook } from './order-book.ts';

const DAY_SEC = 86_400;
const MONTH_SEC = 30 * DAY_SEC;

/** What people handed in, and what was made of it. */
export interface Book {
  orders: OrderBook;
  offers: OfferBook;
  grants: GrantBook;
  clearings: ClearingBook;
  /** Forgets what nobody needs any more: a day after offers and grants expired, a month after orders did or a clearing was made. */
  sweep(now: number): Promise<void>;
}

/** The book in a database that holds the coordinator's tables. */
export function createBook(db: Database): Book {
  const orders = createOrderBook(db);
  const offers = createOfferBook(db);
  const grants = createGrantBook(db);
  const clearings = createClearingBook(db);
  return {
    ...{ orders, offers, grants, clearings },
    async sweep(now) {
      await offers.sweep(now - DAY_SEC);
      await grants.sweep(now - DAY_SEC);
      await orders.sweep(now - MONTH_SEC);
      await clearings.sweep(now - MONTH_SEC);
    },
  };
}
