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
  | 'cli.interrupted';

export const cliError = errorsOf<CliErrorCode>();
