import { MAX_BATCH, type BatchOutcome, type IntentSender, type Log, type Match as Proposal } from '@encryptech/chain';
import type { Hex } from '@encryptech/base';
import { clearingToJson, digestMarket, explainReason, marketToJson, matchOrders } from '@encryptech/market';
import type { Match } from '@encryptech/market';
import type { Reason } from '@encryptech/protocol';
import type { Metrics } from '../metrics.ts';
import { createProposer } from './create-proposer.ts';
import { marketFacts, type Market, type MarketDeps } from './market-facts.ts';
import { createRefusalDelays } from './refusal-delays.ts';

export interface MatcherDeps extends MarketDeps {
  sender: IntentSender;
  metrics: Metrics;
  log: Log;
}

export interface Matcher {
  /**
   * Clears the market once: matches what can be matched, proposes it to the contract, and writes down why the rest stays
   * open. The inputs of each clearing that matched something are kept under their digest, so that anybody can repeat it.
   * To be called one after the other, with the index up to date.
   */
  clear(): Promise<void>;
}

/** The longest sentence that an answer holds. */
const MOST_MESSAGE = 500;

/** The matcher of a coordinator. */
export function createMatcher(deps: MatcherDeps): Matcher {
  const { book, sender, metrics, log } = deps;
  const proposer = createProposer(sender);
  const delays = createRefusalDelays();

  const note = async ({ matched, refused }: BatchOutcome, now: number): Promise<void> => {
    const reasons = new Map<Hex, Reason[]>();
    for (const jobId of matched) {
      delays.matched(jobId);
      reasons.set(jobId, []);
    }
    for (const { jobId, reason } of refused) {
      delays.refused(jobId, now);
      reasons.set(jobId, [{ code: reason.code, message: reason.message.slice(0, MOST_MESSAGE) }]);
      log.warn({ jobId, code: reason.code }, 'The contract refused a match that the market found');
    }
    metrics.matches.inc(matched.length);
    metrics.refusedMatches.inc(refused.length);
    await book.orders.setReasons(reasons);
  };

  return {
    async clear() {
      const late = await proposer.finish();
      const market = await marketFacts(deps, delays.isWaiting);
      for (const outcome of late) await note(outcome, market?.facts.now ?? 0);
      // What was late is in the index with the next round only.
      if (market === null || late.length > 0) return;
      const { matches, refusals } = matchOrders(market.facts);
      await book.orders.setReasons(changedReasons(market, refusals));
      if (matches.length === 0) return;
      const digest = digestMarket(market.facts);
      await book.clearings.add({
        ...{ digest, at: market.facts.now, matches: matches.length, refusals: refusals.length },
        ...{ inputs: marketToJson(market.facts), outcome: clearingToJson({ matches, refusals }) },
      });
      for (let first = 0; first < matches.length; first += MAX_BATCH) {
        const batch = matches.slice(first, first + MAX_BATCH).map((match) => proposalOf(match, market));
        // The same facts are the same transaction: a crash between sending and noting sends nothing twice.
        const outcome = await proposer.propose(`clear:${digest}:${first}`, batch);
        await note(outcome, market.facts.now);
        const { matched, refused } = outcome;
        log.info({ matched: matched.length, refused: refused.length, clearing: digest }, 'The market was cleared');
      }
    },
  };
}

function proposalOf({ orderId, offerId, grantId, rate }: Match, market: Market): Proposal {
  const { order, signature: orderSig } = market.orders.get(orderId)!;
  const { offer, signature: offerSig } = market.offers.get(offerId)!;
  const { grant, signature: grantSig } = market.grants.get(grantId)!;
  return { order, orderSig, offer, offerSig, grant, grantSig, rate };
}

/** Reasons of refused orders, where they are not what the book says already. */
function changedReasons(
  { orders }: Market,
  refusals: readonly { orderId: string; reasons: readonly Parameters<typeof explainReason>[0][] }[],
): Map<Hex, Reason[]> {
  const changed = new Map<Hex, Reason[]>();
  for (const { orderId, reasons: codes } of refusals) {
    const known = orders.get(orderId)!;
    if (known.reasonCodes.join() === codes.join()) continue;
    changed.set(
      known.jobId,
      codes.map((code) => ({ code, message: explainReason(code) })),
    );
  }
  return changed;
}
