import { asc, eq, lt } from 'drizzle-orm';
import type { Address } from '@encryptech/base';
import type { Database } from '@encryptech/chain';
import { beatsTable } from '../book/tables.ts';

/** Epochs that are kept: what is older can't be posted any more. */
const KEPT_EPOCHS = 3;
const AT_ONCE = 1_000;

/** Who was heard when, on disk, so that a restart costs no provider its availability. */
export interface BeatBook {
  add(place: { epoch: number; slot: number }, providers: readonly Address[]): Promise<void>;
  /** The slots of each provider in an epoch, as bits: bit i = slot i. */
  of(epoch: number): Promise<Map<Address, bigint>>;
}

export function createBeatBook(db: Database): BeatBook {
  return {
    async add({ epoch, slot }, providers) {
      for (let at = 0; at < providers.length; at += AT_ONCE) {
        const rows = providers.slice(at, at + AT_ONCE).map((provider) => ({ epoch, slot, provider }));
        await db.insert(beatsTable).values(rows).onConflictDoNothing();
      }
      await db.delete(beatsTable).where(lt(beatsTable.epoch, epoch - KEPT_EPOCHS));
    },
    async of(epoch) {
      const rows = await db
        .select()
        .from(beatsTable)
        .where(eq(beatsTable.epoch, epoch))
        .orderBy(asc(beatsTable.provider));
      const beats = new Map<Address, bigint>();
      for (const { provider, slot } of rows) beats.set(provider, (beats.get(provider) ?? 0n) | (1n << BigInt(slot)));
      return beats;
    },
  };
}
