import { errorsOf } from '@encryptech/base';

/**
 * Every code that the enclave worker itself raises; errors of packages (`learning.badCell`, `sealing.altered`, …)
 * pass through with their own codes.
 */
export type EnclaveErrorCode =
  | 'enclave.frameTooLarge'
  | 'enclave.truncatedFrame'
  | 'enclave.badFrame'
  | 'enclave.unexpectedFrame'
  | 'enclave.orderSignature'
  | 'enclave.orderExpired'
  | 'enclave.graphDigest'
  | 'enclave.specDigest'
  | 'enclave.wrongDataset'
  | 'enclave.specMismatch'
  | 'enclave.unitsMismatch'
  | 'enclave.chargeTooLarge'
  | 'enclave.manifestMismatch'
  | 'enclave.schemaMismatch'
  | 'enclave.challengeSignature'
  | 'enclave.challengeReplayed'
  | 'enclave.challengeExpired'
  | 'enclave.challengeMismatch'
  | 'enclave.tooManyChallenges'
  | 'enclave.releaseMismatch'
  | 'enclave.releaseSignature'
  | 'enclave.releaseKey'
  | 'enclave.blobDigest'
  | 'enclave.blobMissing'
  | 'enclave.checkpointDigest'
  | 'enclave.denied'
  | 'enclave.stopped'
  | 'enclave.internal';

export const enclaveError = errorsOf<EnclaveErrorCode>();
