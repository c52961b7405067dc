import { inArray } from 'drizzle-orm';
import {
  chainTime,
  datasetsTable,
  entitlementFacts,
  isPaused,
  jobParameters,
  unbondingPeriodSec,
  type ChainClient,
  type Database,
  type DatasetRow,
} from '@encryptech/chain';
import type { Address, Hex } from '@encryptech/base';
import type { DatasetFacts, MarketFacts, MarketParameters } from '@encryptech/market';
import { ledgerCaps, unpackLanes } from '@encryptech/privacy';
import type { Book } from '../book/create-book.ts';
import type { BookedGrant } from '../book/grant-book.ts';
import type { BookedOffer } from '../book/offer-book.ts';
import { cancelledNonces } from './cancelled-nonces.ts';
import { openOrders, type OpenOrder } from './open-orders.ts';
import type { ProviderReader } from './provider-reader.ts';

/** The most orders and offers of one clearing: what is matched within about a second. */
const MOST_ORDERS = 10_000;
const MOST_OFFERS = 1_000;

export interface MarketDeps {
  client: ChainClient;
  db: Database;
  book: Book;
  providers: ProviderReader;
}

/** One market at one moment, and the signed documents behind its ids. */
export interface Market {
  facts: MarketFacts;
  orders: Map<string, OpenOrder>;
  offers: Map<string, BookedOffer>;
  grants: Map<string, BookedGrant>;
}

/**
 * All that a clearing needs: the book's documents, whose signatures were checked when they came in, and what the chain says
 * of the accounts and datasets behind them. `null` when no order is open but those that `leaveOut` names.
 */
export async function marketFacts(
  { client, db, book, providers }: MarketDeps,
  leaveOut: (jobId: Hex, now: number) => boolean,
): Promise<Market | null> {
  const now = await chainTime(client);
  const orders = (await openOrders(db, now, MOST_ORDERS)).filter(({ jobId }) => !leaveOut(jobId, now));
  if (orders.length === 0) return null;

  const wanted = [...new Set(orders.map(({ order }) => order.datasetId))];
  const datasets = await db.select().from(datasetsTable).where(inArray(datasetsTable.datasetId, wanted));
  const ownerOf = new Map(datasets.map(({ datasetId, owner }) => [datasetId, owner]));
  // After a rollback the book may hold grants for datasets that are not registered any more.
  const grants = (await book.grants.live(wanted, now)).filter(({ grant }) => ownerOf.has(grant.datasetId));
  const offers = await book.offers.live(now, MOST_OFFERS);
  const isCancelled = await cancelledNonces(db, [
    ...orders.map(({ order }) => order.developer),
    ...offers.map(({ provider }) => provider),
    ...ownerOf.values(),
  ]);
  const signed = (signer: Address, nonce: bigint) => ({
    signatureValid: true,
    nonceCancelled: isCancelled(signer, nonce),
  });
  const balances = new Map(orders.map(({ order, balance }) => [order.developer.toLowerCase(), balance]));

  return {
    facts: {
      now,
      parameters: await marketParameters(client),
      orders: orders.map(({ jobId, order, preferences, receivedAt, state, paidSteps }) => ({
        ...{ id: jobId, order, receivedAt, state, paidSteps },
        ...(preferences === null ? {} : { preferences }),
        ...signed(order.developer, order.nonce),
      })),
      offers: offers.map(({ id, provider, offer }) => ({ id, offer, ...signed(provider, offer.nonce) })),
      grants: grants.map(({ id, grant }) => ({ id, grant, ...signed(ownerOf.get(grant.datasetId)!, grant.nonce) })),
      providers: await providers.read(offers.map(({ provider }) => provider)),
      datasets: datasets.map(datasetFacts),
      developers: await developerFacts(client, balances, orders),
    },
    orders: new Map(orders.map((order) => [order.jobId, order])),
    offers: new Map(offers.map((offer) => [offer.id, offer])),
    grants: new Map(grants.map((grant) => [grant.id, grant])),
  };
}

/** Balances, and what is left of the entitlement of those who ordered in class reserved. */
async function developerFacts(
  client: ChainClient,
  balances: ReadonlyMap<string, bigint>,
  orders: readonly OpenOrder[],
): Promise<MarketFacts['developers']> {
  const reserving = new Set(orders.flatMap(({ order }) => (order.kind === 1 ? [order.developer.toLowerCase()] : [])));
  return Promise.all(
    [...balances].map(async ([address, balance]) => {
      if (!reserving.has(address)) return { address, balance };
      return { address, balance, entitlementLeft: (await entitlementFacts(client, address as Address)).left };
    }),
  );
}

async function marketParameters(client: ChainClient): Promise<MarketParameters> {
  const [parameters, paused, unbondingSec] = await Promise.all([
    jobParameters(client),
    isPaused(client),
    unbondingPeriodSec(client),
  ]);
  const { startWindow, contestWindow0, contestWindow1, contestWindow2, contestWindow3, feeBps, stakeRatioBps } =
    parameters;
  const contestWindowSec = [contestWindow0, contestWindow1, contestWindow2, contestWindow3];
  return { paused, feeBps, stakeRatioBps, startWindowSec: startWindow, contestWindowSec, unbondingSec };
}

function datasetFacts(row: DatasetRow): DatasetFacts {
  const spent = unpackLanes({ rdpLow: row.spentLow, rdpHigh: row.spentHigh });
  const reserved = unpackLanes({ rdpLow: row.reservedLow, rdpHigh: row.reservedHigh });
  return {
    id: row.datasetId,
    retired: row.retired,
    minLevel: row.minLevel,
    policyDigest: row.policyDigest,
    caps: ledgerCaps({ epsilonMicro: row.epsilonCapMicro, deltaExponent: row.deltaExponent }),
    held: spent.map((lane, i) => lane + reserved[i]!),
  };
}
