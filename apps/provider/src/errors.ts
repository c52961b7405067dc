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
  | 'provider.notOwner'
  /** A request is not of its form; `place` is the parameter. */
  | 'provider.badRequest'
  /** Evidence is asked for over a block that is unknown or old. */
  | 'provider.staleBlock'
  /** More evidence is asked for than a provider makes in a minute. */
  | 'provider.tooManyRequests'
  /** A measurement that can't be taken: not of its form, for another provider, or old. */
  | 'provider.badChallenge'
  /** A measurement that no verifier of the network asks for. */
  | 'provider.notVerifier'
  /** Jobs come before measurements. */
  | 'provider.busy';

export const providerError = errorsOf<ProviderErrorCode>();
