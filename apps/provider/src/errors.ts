import { errorsOf } from '@encryptech/base';

/** Every code that the provider daemon itself raises. */
export type ProviderErrorCode =
  /** The configuration names no way to attest. */
  | 'provider.noAttester'
  /** Node is older than the enclave worker needs. */
  | 'provider.oldRuntime'
  /** The provider is not registered on chain, or with another URL. */
  | 'provider.notRegistered'
  /** The provider has no stake, so that no job can be matched to it. */
  | 'provider.notStaked'
  /** The enclave worker ended before its job did. */
  | 'provider.enclaveGone'
  /** The job's documents on chain, at the coordinator and in the blob store do not fit together. */
  | 'provider.badJob'
  /** The coordinator can't be reached or refused. */
  | 'provider.coordinator'
  /** This provider does not work on that job. */
  | 'provider.unknownJob'
  | 'provider.unknownPath'
  /** A job has as many listeners as it may. */
  | 'provider.tooManySessions'
  /** A message that only the dataset's owner may send. */
  | 'provider.notOwner';

export const providerError = errorsOf<ProviderErrorCode>();
