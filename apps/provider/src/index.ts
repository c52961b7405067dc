export {
  providerConfigSchema,
  readProviderConfig,
  type ProviderConfig,
  type ProviderConfigInput,
} from './config/provider-config.ts';
export { startProvider, type Provider, type ProviderDeps } from './daemon/start-provider.ts';
export { openAttester } from './daemon/open-attester.ts';
export { installRoot, measureEnclave, measuredFiles, measureWorker } from './enclave-measurement.ts';
export type { EnclaveErrorCode } from './enclave/errors.ts';
export type { ProviderErrorCode } from './errors.ts';
export { launchEnclave, type EnclaveExit, type EnclaveProcess } from './launch-enclave.ts';
export type { JobStatus } from './rooms/job-status.ts';
