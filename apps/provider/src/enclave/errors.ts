import { errorsOf } from '@encryptech/base';

/**
 * Every code that the enclave worker itself raises; errors of packages (`protocol.wrongSigner`, `learning.badCell`,
 * `sealing.altered`, …) pass with their own codes.
 */
export type EnclaveErrorCode =
  /** A message came that has no place here now. */
  | 'enclave.unexpectedMessage'
  /** A file of the job folder is not there. */
  | 'enclave.fileMissing'
  /** A file of the job folder has not the digest or size that was announced. */
  | 'enclave.fileDigest'
  /** The graph is not the one that the order names. */
  | 'enclave.graphDigest'
  /** Manifest, owner and order are not about the same dataset. */
  | 'enclave.wrongDataset'
  /** The encrypted data file is not the one that the dataset is registered with. */
  | 'enclave.dataDigest'
  /** The order declares other work than the graph gives. */
  | 'enclave.unitsMismatch'
  /** The spec's plan protects another unit than the dataset declares. */
  | 'enclave.unitMismatch'
  | 'enclave.adjacencyMismatch'
  /** The spec divides by another batch than sampling rate × the dataset's declared size. */
  | 'enclave.batchMismatch'
  /** The plan's loss is above what the order reserves. */
  | 'enclave.chargeTooLarge'
  /** The checkpoint is not one of this job. */
  | 'enclave.foreignCheckpoint'
  /** A challenge is for another job, dataset, attempt or chain. */
  | 'enclave.challengeMismatch'
  /** A challenge is signed by somebody who does not own the dataset. */
  | 'enclave.challengeSigner'
  /** A challenge's nonce was used before. */
  | 'enclave.challengeReplayed'
  /** A challenge's time is over, or too far ahead. */
  | 'enclave.challengeExpired'
  /** More challenges than one owner needs. */
  | 'enclave.tooManyChallenges'
  /** A release is not for this job, attempt, enclave key or for evidence given here. */
  | 'enclave.releaseMismatch'
  /** A release is signed by somebody who does not own the dataset. */
  | 'enclave.releaseSigner'
  /** The owner denied the keys; `data.reasons` holds the codes. */
  | 'enclave.denied'
  /** The provider ended the job. */
  | 'enclave.stopped'
  /** Anything else; details stay inside. */
  | 'enclave.internal';

export const enclaveError = errorsOf<EnclaveErrorCode>();
