import { errorsOf } from '@encryptech/base';

/** Every code that this package throws. Refused matches are no errors: they have reasons. */
export type MarketErrorCode =
  /** A number is negative, not whole where it must be, or beyond its width on chain. */
  | 'market.badParameter'
  /** Facts of a market that are not of the documented form; `place` is the path. */
  | 'market.badFacts';

export const marketError = errorsOf<MarketErrorCode>();
