export { bundleToJson, looksLikeBundle, parseBundle, type Bundle } from './bundle/bundle.ts';
export { makeBundle } from './bundle/make-bundle.ts';
export { verifyBundle, type BundleCheck } from './bundle/verify-bundle.ts';
export { anchorsOf } from './config/anchors-of.ts';
export { ownerConfigSchema, readOwnerConfig, type OwnerConfig, type OwnerConfigInput } from './config/owner-config.ts';
export { startOwner, type Owner, type OwnerDeps } from './daemon/start-owner.ts';
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
