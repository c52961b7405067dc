import type { Address, JobId } from '@encryptech/base';
import type { EventOf } from '@encryptech/chain';

/** What one attempt of a job brought its provider, and why. Amounts in wei. */
export interface JobEarning {
  jobId: JobId;
  attempt: number;
  /** How it ended: paid whole, paid as far as recorded checkpoints cover it, or unpaid after a fault was proven. */
  end: 'settled' | 'expired' | 'faulted';
  /** Second of the end. */
  at: number;
  /** Wei a unit, as matched. */
  rate: bigint;
  /** What all steps of the attempt would have paid. */
  price: bigint;
  /** What went to the provider; with the treasury’s fee it is the work that was paid. */
  paid: bigint;
  treasuryFee: bigint;
  reputation: { beforeBps: bigint; afterBps: bigint };
}

/** What stood when a score was taken: R, and the slots in which the provider was heard by then (bit i = slot i). */
export interface TallyReasons {
  reputationBps: bigint;
  beats: bigint;
}

/** What the events of the chain say about one epoch of a provider. Amounts in wei. */
export interface EpochRecord {
  epoch: bigint;
  /** Paid work that settled in the epoch. */
  work: bigint;
  /** f as the contract recorded it. */
  score: bigint;
  qualified: boolean;
  /** What stood at the tallies that gave this score, the newest first: a later one keeps a score that it does not raise. */
  reasons: readonly TallyReasons[];
  parameters: RewardTable;
  /** Sums over all providers: scores, scores of the qualified, and the work that counts as use. */
  scoreOfAll: bigint;
  scoreOfQualified: bigint;
  used: bigint;
  /** What was left for emission before the epoch’s; undefined while its amounts are not final. */
  remainingBefore: bigint | undefined;
  claimed: { share: bigint; bonus: bigint } | undefined;
}

/** Parameters of the contract Rewards that hold in an epoch. */
export type RewardTable = EventOf<'rewards.ParametersSet'>['args']['parameters'];

/** What an epoch brought a provider: R_m = f(Q, C, R) + b with every part of it. Amounts in wei, parts in basis points. */
export interface EpochEarning {
  epoch: bigint;
  work: bigint;
  /** Proven capacity in micro-units, the part of the epoch in which it was there, and what both are worth. */
  capacityUnits: bigint;
  availabilityBps: bigint;
  idle: bigint;
  /** Stake at the epoch’s start, which bounds Q. */
  stake: bigint;
  isStakeBound: boolean;
  /** Q in micro-ENC; c of the level; R; f = Q·c·R². */
  quantity: bigint;
  level: number;
  levelBps: bigint;
  reputationBps: bigint;
  score: bigint;
  scoreOfAll: bigint;
  qualified: boolean;
  scoreOfQualified: bigint;
  /** What the epoch emits at its demand; the parts of it that are this provider’s. */
  emission: bigint;
  share: bigint;
  bonus: bigint;
  /** Others can still be counted, it can be fetched, or it was. */
  state: 'counting' | 'due' | 'fetched';
  /** True when score and amount, computed here from events and parameters, are the contract’s to the wei. */
  agrees: boolean;
}

/** All that a provider earned, line by line. Amounts in wei. */
export interface ProviderEarnings {
  provider: Address;
  /** The running epoch. */
  epoch: bigint;
  jobs: JobEarning[];
  epochs: EpochEarning[];
  totals: {
    /** Paid for jobs; fetched from emission; due from emission; taken for faults. */
    jobs: bigint;
    fetched: bigint;
    due: bigint;
    penalties: bigint;
  };
  reputationBps: bigint;
}
