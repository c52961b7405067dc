export {
  providerConfigSchema,
  readProviderConfig,
  type ProviderConfig,
  type ProviderConfigInput,
} from './config/provider-config.ts';
export { startProvider, type Provider, type ProviderDeps } from './daemon/start-provider.ts';
export { measureEnclave, measuredFiles } from './enclave-measurement.ts';
export type { EnclaveErrorCode } from './enclave/errors.ts';
export type { ProviderErrorCode } from './errors.ts';
export type { JobStatus } from './rooms/job-status.ts';
