import { errorsOf } from '@encryptech/base';

export type CliErrorCode =
  | 'cli.badOption'
  | 'cli.fileMissing'
  | 'cli.fileExists'
  | 'cli.badFile'
  | 'cli.notConfirmed'
  | 'cli.noNetwork'
  | 'cli.networkRunning'
  | 'cli.noAccount'
  | 'cli.accountExists'
  | 'cli.noPassphrase'
  | 'cli.startFailed'
  | 'cli.jobFailed'
  /** The release log is gone although the chain has a head of it. */
  | 'cli.logGone'
  /** The key of a dataset is not here. */
  | 'cli.noKey'
  | 'cli.interrupted';

export const cliError = errorsOf<CliErrorCode>();
