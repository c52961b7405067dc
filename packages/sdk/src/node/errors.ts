import { errorsOf } from '@encryptech/base';

/** Every code of the files and keys on a user's machine. */
export type LocalErrorCode =
  /** A file that a configuration names is not there. */
  | 'sdk.noFile'
  /** A configuration file is not JSON, or breaks its schema; `place` is the path of the first fault. */
  | 'sdk.badConfig'
  /** A file with a secret can be read by others. */
  | 'sdk.openPermissions'
  /** No passphrase: no file named, none in ENCRYPTECH_PASSPHRASE_FILE, nobody to ask. */
  | 'sdk.noPassphrase'
  /** Another program has the port, or this one may not take it. */
  | 'sdk.portTaken';

export const localError = errorsOf<LocalErrorCode>();
