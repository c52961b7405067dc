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
  /** Keys of the gateway that credits paid fiat. */
  processors: readonly Address[];
  /** Seconds between scheduling and executing; `admin` also before a contract’s own rules can be changed. */
  delays: { admin: number; team: number; parameters: number; treasurer: number };
  staking: { epochLengthSec: number; unbondingPeriodSec: number };
  /** Founders and early contributors: first second of the four years, and 100 M ENC in wei in all. */
  founders: { startSec: number; grants: readonly { account: Address; amount: bigint }[] };
  /** Wei of ENC that a verifier must have at stake before its signature counts. */
  attestations: { leastBond: bigint };
  /** Slots of an epoch, for heartbeats. */
  capacity: { slots: number };
  jobs: JobParameters;
  /** Rates in wei a unit, the rest in basis points. */
  rewards: {
    capacityRate: bigint;
    referenceRate: bigint;
    stakeCapBps: number;
    levelBps1: number;
    levelBps2: number;
    levelBps3: number;
  };
  /** Windows in seconds (report + 3 × contest at most the unbonding period), bond in wei, severities and shares in basis points. */
  faults: {
    reportWindow: number;
    contestWindow: number;
    bond: bigint;
    lateBps: number;
    lateMaxBps: number;
    unavailableBps: number;
    notServedBps: number;
    attestationBps: number;
    wrongResultBps: number;
    privacyBps: number;
    twoResultsBps: number;
    reporterBps: number;
    injuredBps: number;
    mostAbsentBps: number;
    auditQuorum: number;
    toleranceMicro: bigint;
  };
  /** Accounts that re-execute results and sign what they found. */
  auditors: readonly Address[];
  vouchers: { disputeWindow: number; feeBps: number };
  /** Both feeds of ENC in dollars have these reporters and rules. */
  encUsdFeed: {
    reporters: readonly Address[];
    minAnswer: bigint;
    maxAnswer: bigint;
    spreadBps: number;
    maxAgeSec: number;
    quorum: number;
  };
  stablecoinDesk: { dailyEncLimit: bigint; minEncOut: bigint; feeBps: number };
  fiatGateway: { dailyUsdE6: bigint; paymentUsdE6: bigint; maxAgeSec: number; feeBps: number };
  /** Notice before another version of a contract counts; at least the unbonding period. */
  versions: { delaySec: number };
}
