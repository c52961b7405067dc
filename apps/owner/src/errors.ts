import { errorsOf } from '@encryptech/base';

/** Every code that the owner's agent raises. Why a release was denied is a {@link DenialReason} instead. */
export type OwnerErrorCode =
  /** The release log's chain of hashes is broken; `place` is the line. */
  | 'owner.logAltered'
  /** A head that was signed or anchored on chain is no longer in the log. */
  | 'owner.logTruncated'
  /** A dataset's folder is incomplete or contradicts itself. */
  | 'owner.badDataset'
  /** The provider's enclave can't be reached, or broke off. */
  | 'owner.provider'
  /** The releases are with a delegate: the agent does not decide until they are taken back; or they are with nobody. */
  | 'owner.delegated'
  /** A delegate, or who runs it, did not do what was asked; `data` says which. */
  | 'owner.delegate'
  /** Another process works with the owner's folder. */
  | 'owner.busy'
  /** Keys were already released for this attempt. */
  | 'owner.releasedBefore'
  /** This owner released no keys for the attempt. */
  | 'owner.noRelease'
  /** A bundle is not of its form. */
  | 'owner.badBundle';

export const ownerError = errorsOf<OwnerErrorCode>();
