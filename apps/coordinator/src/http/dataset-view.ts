import { and, asc, desc, eq, lte } from 'drizzle-orm';
import { datasetsTable, type Database, type DatasetRow } from '@encryptech/chain';
import type { Hex } from '@encryptech/base';
import { ledgerEpsilon, packLanes, unpackLanes } from '@encryptech/privacy';
import { chargeWord, grantToJson, type DatasetManifest, type DatasetViewJson } from '@encryptech/protocol';
import type { BookedGrant, GrantBook } from '../book/grant-book.ts';
import { coordinatorError } from '../errors.ts';

/** Datasets of one answer. */
const MOST_DATASETS = 1_000;
/** The contract takes smaller deltas than any manifest can state: such datasets can't be used, and are not shown. */
const MOST_DELTA_EXPONENT = 18;
const LANE_MAX = 2 ** 32 - 1;

export interface DatasetViewDeps {
  db: Database;
  grants: GrantBook;
  now: number;
}

/** Datasets with what is left of their budgets: those that take jobs first, then the newest; 1,000 at most. */
export async function datasetList(deps: DatasetViewDeps): Promise<DatasetViewJson[]> {
  const { retired, createdAt, datasetId, deltaExponent } = datasetsTable;
  const rows = await deps.db
    .select()
    .from(datasetsTable)
    .where(lte(deltaExponent, MOST_DELTA_EXPONENT))
    .orderBy(asc(retired), desc(createdAt), asc(datasetId))
    .limit(MOST_DATASETS);
  return viewsOf(rows, deps);
}

/**
 * One dataset.
 *
 * @throws `coordinator.notFound`
 */
export async function datasetView(deps: DatasetViewDeps, id: Hex): Promise<DatasetViewJson> {
  const { datasetId, deltaExponent } = datasetsTable;
  const isIt = and(eq(datasetId, id), lte(deltaExponent, MOST_DELTA_EXPONENT));
  const [view] = await viewsOf(await deps.db.select().from(datasetsTable).where(isIt), deps);
  if (view !== undefined) return view;
  throw coordinatorError({ code: 'coordinator.notFound', message: 'There is no such dataset.', place: id });
}

async function viewsOf(rows: readonly DatasetRow[], { grants, now }: DatasetViewDeps): Promise<DatasetViewJson[]> {
  const ids = rows.map(({ datasetId }) => datasetId);
  const manifests = await grants.manifests(ids);
  const standing = Map.groupBy(await grants.live(ids, now), ({ grant }) => grant.datasetId);
  return rows.map((row) => viewOf(row, manifests.get(row.datasetId), standing.get(row.datasetId) ?? []));
}

function viewOf(
  row: DatasetRow,
  manifest: DatasetManifest | undefined,
  grants: readonly BookedGrant[],
): DatasetViewJson {
  const { datasetId, owner, manifestDigest, policyDigest, minLevel, retired, epsilonCapMicro, deltaExponent } = row;
  const { spentLow, spentHigh, reservedLow, reservedHigh } = row;
  const spent = unpackLanes({ rdpLow: spentLow, rdpHigh: spentHigh });
  const reserved = unpackLanes({ rdpLow: reservedLow, rdpHigh: reservedHigh });
  const held = packLanes(spent.map((lane, i) => Math.min(LANE_MAX, lane + reserved[i]!)));
  return {
    ...{ datasetId, owner, manifestDigest, policyDigest, minLevel, retired },
    manifest: manifest ?? null,
    fee: row.fee.toString(),
    budget: {
      ...{ epsilonCapMicro, deltaExponent },
      spent: { rdpLow: chargeWord(spentLow), rdpHigh: chargeWord(spentHigh) },
      reserved: { rdpLow: chargeWord(reservedLow), rdpHigh: chargeWord(reservedHigh) },
      epsilonUsed: Math.min(ledgerEpsilon(held, deltaExponent), epsilonCapMicro / 1e6),
    },
    grants: grants.map(({ grant, signature }) => ({ grant: grantToJson(grant), signature })),
  };
}
