import type { Address } from 'viem';
import type { JobParameters } from '../job-parameters.ts';

/** Who may do what after a deployment, how long it takes, and with which numbers the economy starts. */
export interface DeployConfig {
  /** Holder of ADMIN and TEAM: a multisig. */
  team: Address;
  /** Holder of PARAMETERS. */
  parameters: Address;
  treasurer: Address;
  /** Pauses at once, and cancels what delayed roles have scheduled. */
  guardian: Address;
  verifiers: readonly Address[];
  matchers: readonly Address[];
  /** Seconds between scheduling and executing; `admin` also before a contract’s own rules can be changed. */
  delays: { admin: number; team: number; parameters: number; treasurer: number };
  staking: { epochLengthSec: number; unbondingPeriodSec: number };
  jobs: JobParameters;
}
