import { errorsOf } from '@encryptech/base';

/** Every code that this package throws. */
export type PrivacyErrorCode =
  /** A parameter is outside its domain: negative, not finite, q > 1, fractional steps, an unknown name. */
  | 'privacy.badParameter'
  /** No noise of reasonable size meets the asked epsilon, or none is needed. */
  | 'privacy.unreachable'
  /** A plan in JSON is malformed, has unknown fields, or claims less epsilon than its parameters give. */
  | 'privacy.badPlan'
  /** A step was drawn twice, skipped, drawn past the end, or left without its noise. */
  | 'privacy.stepOrder'
  /** Noise was asked for a parameter that the run does not know, twice, or with another length. */
  | 'privacy.badNoiseRequest'
  /** A clipped sum holds NaN, an infinity, or a number too large for the grid. */
  | 'privacy.notFinite'
  /** No order of the dataset's Rényi ledger has room for the charge. */
  | 'privacy.budgetExhausted'
  /** A ledger operation commits or releases more than was reserved, or overflows a lane. */
  | 'privacy.badLedgerOperation';

export const privacyError = errorsOf<PrivacyErrorCode>();
