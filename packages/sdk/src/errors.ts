import { errorsOf } from '@encryptech/base';

/** Every code of the programming interface; errors of the packages below pass through with their own codes. */
export type SdkErrorCode =
  /** The coordinator did not answer, or not in the way that its interface says. */
  | 'sdk.coordinatorUnreachable'
  /** No such dataset on this network, or its manifest was not published. */
  | 'sdk.unknownDataset'
  /** No such job on this network. */
  | 'sdk.unknownJob'
  /** The model does not fit the dataset: inputs or outputs differ from what its schema gives. */
  | 'sdk.modelMismatch'
  /** The plan costs more than is left of the dataset's budget. */
  | 'sdk.budgetTooSmall'
  /** No provider offers what the job demands; `data.reasons` says why. */
  | 'sdk.noOffer'
  /** The job has no result yet, or will never have one. */
  | 'sdk.noResult'
  /** The job ended without a result. */
  | 'sdk.jobEnded'
  /** The channel is closed, closing, expired, or has too little time left. */
  | 'sdk.channelOver'
  /** The channel holds less than the payment would make. */
  | 'sdk.channelEmpty'
  /** A voucher that is worth less than was asked, or is not the payer's. */
  | 'sdk.badVoucher'
  | 'sdk.badOption';

export const sdkError = errorsOf<SdkErrorCode>();
