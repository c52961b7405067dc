import { and, count, eq, gte, lt, or, sql } from 'drizzle-orm';
import { getAddress } from 'viem';
import type { Database } from '@encryptech/chain';
import type { Hex } from '@encryptech/base';
import { offerFromJson, offerToJson, type ComputeOffer } from '@encryptech/protocol';
import { expiryOf } from './expiry-of.ts';
import { offersTable } from './tables.ts';

/** An offer in the book. */
export interface BookedOffer {
  /** The offer's digest. */
  id: Hex;
  /** Checksummed. */
  provider: Hex;
  offer: ComputeOffer;
  signature: Hex;
}

/** One standing offer a provider. */
export interface OfferBook {
  /**
   * Keeps an offer in place of the provider's earlier one. False when the book has another one of the same or a larger
   * nonce: who puts an old offer of somebody else again changes nothing.
   */
  add(offer: Omit<BookedOffer, 'provider'>, now: number): Promise<boolean>;
  /** The provider's offer, expired or not; the address is checksummed. */
  find(provider: Hex): Promise<BookedOffer | undefined>;
  /** Offers that have not expired, the cheapest first; `limit` at most. */
  live(now: number, limit: number): Promise<BookedOffer[]>;
  countLive(now: number): Promise<number>;
  /** Forgets offers that expired before `time`. */
  sweep(time: number): Promise<void>;
}

const bookedOfferOf = ({ id, provider, offer, signature }: typeof offersTable.$inferSelect): BookedOffer => ({
  ...{ id, provider, offer: offerFromJson(offer), signature },
});

/** The offers in a database that holds the coordinator's tables. */
export function createOfferBook(db: Database): OfferBook {
  const { provider, id, nonce, expiresAt } = offersTable;
  const ask = sql`(${offersTable.offer} ->> 'ask')::numeric`;
  return {
    async add({ id: digest, offer, signature }, now) {
      const row = {
        ...{ id: digest, nonce: offer.nonce, offer: offerToJson(offer), signature },
        expiresAt: expiryOf(offer),
      };
      const kept = await db
        .insert(offersTable)
        .values({ provider: getAddress(offer.provider), ...row })
        .onConflictDoUpdate({
          target: provider,
          set: row,
          setWhere: or(lt(nonce, sql`excluded.nonce`), eq(id, digest), lt(expiresAt, now))!,
        })
        .returning({ id });
      return kept.length > 0;
    },
    async find(address) {
      const [row] = await db.select().from(offersTable).where(eq(provider, address));
      return row && bookedOfferOf(row);
    },
    async live(now, limit) {
      const rows = await db.select().from(offersTable).where(gte(expiresAt, now)).orderBy(ask, id).limit(limit);
      return rows.map(bookedOfferOf);
    },
    async countLive(now) {
      const [row] = await db
        .select({ offers: count() })
        .from(offersTable)
        .where(and(gte(expiresAt, now)));
      return row?.offers ?? 0;
    },
    async sweep(time) {
      await db.delete(offersTable).where(lt(expiresAt, time));
    },
  };
}
