import { and, asc, eq, gte, inArray, lt, or, sql } from 'drizzle-orm';
import { getAddress } from 'viem';
import type { Database } from '@encryptech/chain';
import type { Hex } from '@encryptech/base';
import { grantFromJson, grantToJson, type DatasetGrant, type DatasetManifest } from '@encryptech/protocol';
import { expiryOf } from './expiry-of.ts';
import { grantsTable, manifestsTable } from './tables.ts';

/** A grant in the book. */
export interface BookedGrant {
  /** The grant's digest. */
  id: Hex;
  grant: DatasetGrant;
  signature: Hex;
}

/** One standing grant a dataset and developer, and the datasets' manifests. */
export interface GrantBook {
  /**
   * Keeps a grant in place of the earlier one for the same dataset and developer, and the manifest. False when the book has
   * another one of the same or a larger nonce.
   */
  add(grant: BookedGrant, manifest: DatasetManifest, now: number): Promise<boolean>;
  /** Grants of these datasets that have not expired. */
  live(datasetIds: readonly Hex[], now: number): Promise<BookedGrant[]>;
  manifests(datasetIds: readonly Hex[]): Promise<Map<Hex, DatasetManifest>>;
  /** Forgets grants that expired before `time`; manifests stay. */
  sweep(time: number): Promise<void>;
}

/** The grants in a database that holds the coordinator's tables. */
export function createGrantBook(db: Database): GrantBook {
  const { datasetId, developer, id, nonce, expiresAt } = grantsTable;
  return {
    async add({ id: digest, grant, signature }, manifest, now) {
      const row = {
        ...{ id: digest, nonce: grant.nonce, grant: grantToJson(grant), signature },
        expiresAt: expiryOf(grant),
      };
      return db.transaction(async (tx) => {
        await tx
          .insert(manifestsTable)
          .values({ datasetId: grant.datasetId, manifest })
          .onConflictDoUpdate({ target: manifestsTable.datasetId, set: { manifest } });
        const kept = await tx
          .insert(grantsTable)
          .values({ datasetId: grant.datasetId, developer: getAddress(grant.developer), ...row })
          .onConflictDoUpdate({
            target: [datasetId, developer],
            set: row,
            setWhere: or(lt(nonce, sql`excluded.nonce`), eq(id, digest), lt(expiresAt, now))!,
          })
          .returning({ id });
        return kept.length > 0;
      });
    },
    async live(datasetIds, now) {
      if (datasetIds.length === 0) return [];
      const rows = await db
        .select()
        .from(grantsTable)
        .where(and(inArray(datasetId, [...datasetIds]), gte(expiresAt, now)))
        .orderBy(asc(id));
      return rows.map((row) => ({ id: row.id, grant: grantFromJson(row.grant), signature: row.signature }));
    },
    async manifests(datasetIds) {
      if (datasetIds.length === 0) return new Map();
      const rows = await db
        .select()
        .from(manifestsTable)
        .where(inArray(manifestsTable.datasetId, [...datasetIds]));
      return new Map(rows.map((row) => [row.datasetId, row.manifest]));
    },
    async sweep(time) {
      await db.delete(grantsTable).where(lt(expiresAt, time));
    },
  };
}
