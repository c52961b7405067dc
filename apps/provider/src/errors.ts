import { errorsOf } from '@encryptech/base';

/** Every code that the provider daemon itself raises. */
export type ProviderErrorCode =
  | 'provider.badConfig'
  | 'provider.noKey'
  | 'provider.openPermissions'
  | 'provider.wrongPassphrase'
  | 'provider.noAttester'
  | 'provider.oldRuntime'
  | 'provider.notRegistered'
  | 'provider.notStaked'
  | 'provider.enclaveGone'
  | 'provider.enclaveMemory'
  | 'provider.blobMissing'
  | 'provider.coordinator'
  | 'provider.unknownJob'
  | 'provider.tooManySessions'
  | 'provider.frameTooLarge';

export const providerError = errorsOf<ProviderErrorCode>();
