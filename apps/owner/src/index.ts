export { bundleToJson, looksLikeBundle, parseBundle, type Bundle } from './bundle/bundle.ts';
export { makeBundle } from './bundle/make-bundle.ts';
export { verifyBundle, type BundleCheck } from './bundle/verify-bundle.ts';
export { anchorsOf } from './config/anchors-of.ts';
export { ownerConfigSchema, readOwnerConfig, type OwnerConfig, type OwnerConfigInput } from './config/owner-config.ts';
export { startOwner, type Owner, type OwnerDeps } from './daemon/start-owner.ts';
export { lockOwner } from './daemon/lock-owner.ts';
export { readDelegationRecord, type DelegationRecord } from './delegation/delegation-record.ts';
export { startDelegateHost, type DelegateHost, type DelegateHostDeps } from './delegation/host/start-delegate-host.ts';
export {
  delegateHostConfigSchema,
  readDelegateHostConfig,
  type DelegateHostConfig,
  type DelegateHostConfigInput,
} from './delegation/host/delegate-host-config.ts';
export { measureDelegate } from './delegation/measure-delegate.ts';
export { openDelegation, type OpenDelegationOptions } from './delegation/open-delegation.ts';
export { takeBack, type TakeBackOptions, type TakenBack } from './delegation/take-back.ts';
export {
  createDatasetStore,
  type DatasetStore,
  type DatasetStoreOptions,
  type OwnedDataset,
} from './datasets/dataset-store.ts';
export { eraseDataset, erasureDigest, erasureStatement, type ErasureStatement } from './datasets/erase-dataset.ts';
export type { OwnerErrorCode } from './errors.ts';
export { DENIALS, denial, type Denial, type DenialCode } from './judgement/denial.ts';
export { describeEntry } from './release-log/describe-entry.ts';
export type { LogEntry } from './release-log/log-entry.ts';
export { verifyReleaseLog, type VerifiedLog, type VerifyLogOptions } from './release-log/verify-release-log.ts';
