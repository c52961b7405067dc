export { checkMatch, type ProposedMatch } from './check-match.ts';
export type { Clearing, Match, Refusal } from './clearing.ts';
export { clearingToJson } from './clearing-json.ts';
export { digestMarket } from './digest-market.ts';
export type { MarketErrorCode } from './errors.ts';
export * from './facts.ts';
export { marketFromJson, marketToJson } from './market-json.ts';
export { matchOrders } from './match-orders.ts';
export { quote, type PriceBreakdown, type Quote, type QuoteRequest } from './quote.ts';
export { explainReason, reasonCodes, reasons, type ReasonCode } from './reasons.ts';
export {
  checkPreferences,
  DEFAULT_PREFERENCES,
  rankCandidates,
  scoreOf,
  type Candidate,
  type ScoredCandidate,
} from './score.ts';
export { trainingUnits } from './training-units.ts';
export { trainingWork, type MeasuredGraph, type TrainingSize } from './training-work.ts';
export { DEFAULT_KAPPA, workUnits, type Kappa, type Work } from './work-units.ts';
export { demandDown, emissionDecayDown, emissionDown } from './emission.ts';
export { entitlementDown } from './entitlement.ts';
export { decayReputation } from './reputation-decay.ts';
export {
  BONUS_AVAILABILITY_BPS,
  BONUS_BPS,
  capacityDown,
  quantityDown,
  rewardPartDown,
  scoreOfEpoch,
  splitEmissionDown,
  type ProviderEpoch,
} from './reward.ts';
export { escrowUp } from './escrow.ts';
export { feeUp } from './fee-split.ts';
export { partDown } from './part-price.ts';
export { priceDown } from './price.ts';
export { reputationBps } from './reputation.ts';
export { lockUp } from './stake-lock.ts';
export { toAssetsDown, toSharesDown, toSharesUp, type Pot } from './share-math.ts';
export { unpackLanes } from './budget.ts';
