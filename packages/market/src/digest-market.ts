import { canonicalJson, digestOf, utf8, type Sha256 } from '@encryptech/base';
import type { MarketFacts } from './facts.ts';
import { marketToJson } from './market-json.ts';

/**
 * The digest of a market's facts: SHA-256 of the canonical JSON form. A clearing is published with it, so that anybody
 * can fetch the facts, check that they are the same, and repeat the matching.
 *
 * @throws `market.badFacts`
 */
export const digestMarket = (market: MarketFacts): Sha256 => digestOf(utf8(canonicalJson(marketToJson(market))));
