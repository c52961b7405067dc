import type { Address, JobId } from '@encryptech/base';
import { handleEvent, type ChainEvent, type EventHandlers, type EventOf } from '@encryptech/chain';
import { decayReputation, reputationBps } from '@encryptech/market';
import type { EpochRecord, JobEarning, RewardTable } from './earnings.ts';

/** Contracts whose events a book reads. */
export const EARNINGS_CONTRACTS = ['jobs', 'providers', 'capacity', 'rewards', 'emissions'] as const;

/** What an event meant for the provider’s earnings. */
export type EarningsNews =
  | { kind: 'job'; job: JobEarning }
  | { kind: 'tallied'; record: EpochRecord }
  | { kind: 'claimed'; record: EpochRecord };

/** A provider’s earnings as the events so far tell them. */
export interface EarningsBook {
  readonly jobs: readonly JobEarning[];
  readonly epochs: ReadonlyMap<bigint, EpochRecord>;
  /** R at a second of the chain. */
  reputationAt(second: number): bigint;
  /** Takes the next event, each once and in order; returns what it meant for this provider. */
  take(event: ChainEvent): EarningsNews | undefined;
}

type Ended = EventOf<'jobs.Settled'> | EventOf<'jobs.Expired'> | EventOf<'jobs.Failed'>;

interface Sums {
  all: bigint;
  qualified: bigint;
  used: bigint;
  scores: Map<string, { score: bigint; qualified: boolean }>;
}

/**
 * A book that is kept from the events of `EARNINGS_CONTRACTS` since the deployment: anybody who reads the same chain gets the same
 * lines. Reputation comes from `ReputationChanged` and the decay between epochs (twin of `ReputationMath`).
 *
 * @param clock first second of epoch 0 and seconds of an epoch, of the contract Staking
 */
export function createEarningsBook(
  provider: Address,
  { genesisSec, epochLengthSec }: { genesisSec: bigint; epochLengthSec: bigint },
): EarningsBook {
  const jobs: JobEarning[] = [];
  const epochs = new Map<bigint, EpochRecord>();
  const sums = new Map<bigint, Sums>();
  const matches = new Map<JobId, { attempt: number; rate: bigint; price: bigint }>();
  const beats = new Map<bigint, bigint>();
  const tables: { parameters: RewardTable; fromEpoch: bigint }[] = [];
  let counters = { alphaGwei: 0n, betaGwei: 0n };
  let countedAt = 0n;
  let ended: Omit<JobEarning, 'reputation'> | undefined;
  let remainingBefore = 0n;

  const isMe = (account: Address): boolean => account.toLowerCase() === provider.toLowerCase();
  const epochAt = (second: number): bigint => (BigInt(second) - genesisSec) / epochLengthSec;
  const reputationAt = (second: number): bigint => {
    const passed = epochAt(second) - countedAt;
    const { alphaGwei, betaGwei } = decayReputation(counters.alphaGwei, counters.betaGwei, passed);
    return reputationBps(alphaGwei, betaGwei);
  };

  /** What ended a job of this provider; its reputation changes in the next event of the same transaction. */
  const end = (event: Ended): undefined => {
    const jobId = event.args.jobId as JobId;
    const match = matches.get(jobId);
    if (match === undefined) return undefined;
    matches.delete(jobId);
    const [paid, treasuryFee] =
      event.key === 'jobs.Failed' ? [0n, 0n] : [event.args.providerPaid, event.args.treasuryFee];
    const how = { 'jobs.Settled': 'settled', 'jobs.Expired': 'expired', 'jobs.Failed': 'faulted' } as const;
    ended = { jobId, ...match, end: how[event.key], at: event.at, paid, treasuryFee };
    return undefined;
  };

  const markReputation = ({ args, at }: EventOf<'providers.ReputationChanged'>): EarningsNews | undefined => {
    const beforeBps = reputationAt(at);
    counters = { alphaGwei: args.alphaGwei, betaGwei: args.betaGwei };
    countedAt = epochAt(at);
    if (ended === undefined) return undefined;
    const job = { ...ended, reputation: { beforeBps, afterBps: reputationAt(at) } };
    ended = undefined;
    jobs.push(job);
    return { kind: 'job', job };
  };

  const tally = ({ args, at }: EventOf<'rewards.Tallied'>): EarningsNews | undefined => {
    const { epoch, work, score, qualified } = args;
    const sum = sums.get(epoch) ?? { all: 0n, qualified: 0n, used: 0n, scores: new Map() };
    sums.set(epoch, sum);
    const account = args.provider.toLowerCase();
    const before = sum.scores.get(account);
    sum.scores.set(account, { score, qualified });
    sum.all += score - (before?.score ?? 0n);
    sum.qualified += (qualified ? score : 0n) - (before?.qualified === true ? before.score : 0n);
    // A provider’s paid work counts once for the network’s use.
    if (before === undefined) sum.used += work;
    const mine = epochs.get(epoch);
    const isMine = isMe(args.provider);
    if (!isMine && mine === undefined) return undefined;
    const totals = { scoreOfAll: sum.all, scoreOfQualified: sum.qualified, used: sum.used };
    if (!isMine) {
      epochs.set(epoch, { ...mine!, ...totals });
      return undefined;
    }
    const now = { reputationBps: reputationAt(at), beats: beats.get(epoch) ?? 0n };
    const reasons = mine?.score === score ? [now, ...mine.reasons] : [now];
    const parameters = tables.findLast(({ fromEpoch }) => fromEpoch <= epoch)!.parameters;
    const record: EpochRecord = {
      ...{ epoch, work, score, qualified, reasons, parameters, ...totals },
      ...{ remainingBefore: undefined, claimed: undefined },
    };
    epochs.set(epoch, record);
    return { kind: 'tallied', record };
  };

  const change = (epoch: bigint, facts: Partial<EpochRecord>): EpochRecord | undefined => {
    const mine = epochs.get(epoch);
    if (mine === undefined) return undefined;
    const changed = { ...mine, ...facts };
    epochs.set(epoch, changed);
    return changed;
  };

  const handlers: EventHandlers<[], EarningsNews | undefined> = {
    'jobs.Matched': ({ args: { jobId, provider: matched, attempt, rate, price } }) => {
      if (isMe(matched)) matches.set(jobId as JobId, { attempt, rate, price });
    },
    'jobs.Cancelled': ({ args: { jobId } }) => void matches.delete(jobId as JobId),
    'jobs.Settled': end,
    'jobs.Expired': end,
    'jobs.Failed': end,
    'providers.ReputationChanged': (event) => (isMe(event.args.provider) ? markReputation(event) : undefined),
    'capacity.Beats': ({ args: { provider: heard, epoch, bitmap } }) => {
      if (isMe(heard)) beats.set(epoch, (beats.get(epoch) ?? 0n) | bitmap);
    },
    'rewards.ParametersSet': ({ args }) => void tables.push(args),
    'rewards.Tallied': tally,
    'emissions.Allotted': ({ args: { remaining, amount } }) => void (remainingBefore = remaining + amount),
    'rewards.Closed': ({ args: { epoch } }) => {
      // Follows the allotment in the same transaction. Nobody can tally the epoch any more.
      change(epoch, { remainingBefore });
      sums.delete(epoch);
      beats.delete(epoch);
    },
    'rewards.Claimed': ({ args: { provider: paid, epoch, share, bonus } }) => {
      const record = isMe(paid) ? change(epoch, { claimed: { share, bonus } }) : undefined;
      return record && { kind: 'claimed', record };
    },
  };
  return { jobs, epochs, reputationAt, take: (event) => handleEvent(handlers, event) ?? undefined };
}
