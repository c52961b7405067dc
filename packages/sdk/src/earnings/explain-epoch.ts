import {
  capacityDown,
  demandDown,
  emissionDecayDown,
  emissionDown,
  quantityDown,
  rewardPartDown,
  splitEmissionDown,
} from '@encryptech/market';
import type { EpochEarning, EpochRecord, RewardTable } from './earnings.ts';

const MICRO = 1_000_000n;
const BPS = 10_000n;

/** What an epoch’s snapshots and the emission’s parameters say: they don’t change any more once the epoch has begun. */
export interface EpochFacts {
  epochLengthSec: bigint;
  /** Slots of heartbeats in an epoch. */
  slots: bigint;
  /** Proven micro-units a second and level of this provider, and units of all. */
  speed: bigint;
  level: number;
  unitsOfAll: bigint;
  stake: bigint;
  /** The team’s factor of emission in basis points. */
  factorBps: bigint;
  /** What is left for emission now: counts only where the epoch’s amounts are not final. */
  remaining: bigint;
  /** The running epoch, and what the contract would pay now. */
  epoch: bigint;
  due: bigint;
}

/**
 * Score, share and bonus of an epoch from what stands behind them, by the formulas that the contracts use, and whether the contract
 * came to the same. The level counts as it was at the epoch’s start or, where it was lost by the tally, as what was left of it.
 */
export function explainEpoch(record: EpochRecord, facts: EpochFacts): EpochEarning {
  const { work, parameters } = record;
  const capacityUnits = facts.speed * facts.epochLengthSec;
  const scored = record.reasons.flatMap(({ beats, reputationBps }) => {
    const availabilityBps = (ones(beats) * BPS) / facts.slots;
    const idle = capacityDown(capacityUnits, parameters.capacityRate, availabilityBps);
    const quantity = quantityDown(work + idle, facts.stake, BigInt(parameters.stakeCapBps));
    return Array.from({ length: facts.level + 1 }, (_, lost) => {
      const level = facts.level - lost;
      const levelBps = levelBpsOf(parameters, level);
      const score = quantity * levelBps * reputationBps ** 2n;
      return { availabilityBps, idle, quantity, level, levelBps, reputationBps, score };
    });
  });
  const { score, ...factors } = scored.find((one) => one.score === record.score) ?? scored[0]!;

  const capacity = (facts.unitsOfAll * parameters.referenceRate) / MICRO;
  const emission = emissionDown(
    record.remainingBefore ?? facts.remaining,
    emissionDecayDown(facts.epochLengthSec),
    demandDown(record.used, capacity),
    facts.factorBps,
  );
  const pots = splitEmissionDown(emission, record.scoreOfQualified > 0n);
  const share = rewardPartDown(pots.share, record.score, record.scoreOfAll);
  const bonus = record.qualified ? rewardPartDown(pots.bonus, record.score, record.scoreOfQualified) : 0n;
  const { claimed } = record;
  const isOpen = record.epoch + 1n >= facts.epoch;
  const isPaidRight =
    claimed !== undefined ? claimed.share === share && claimed.bonus === bonus : isOpen || facts.due === share + bonus;
  return {
    ...{ epoch: record.epoch, work, capacityUnits, stake: facts.stake, ...factors, score: record.score },
    isStakeBound: work + factors.idle > (facts.stake * BigInt(parameters.stakeCapBps)) / BPS,
    ...{ scoreOfAll: record.scoreOfAll, qualified: record.qualified, scoreOfQualified: record.scoreOfQualified },
    ...{ emission, share, bonus },
    state: claimed !== undefined ? 'fetched' : isOpen ? 'counting' : 'due',
    agrees: score === record.score && isPaidRight,
  };
}

function levelBpsOf({ levelBps1, levelBps2, levelBps3 }: RewardTable, level: number): bigint {
  return BigInt([10_000, levelBps1, levelBps2, levelBps3][level]!);
}

function ones(bitmap: bigint): bigint {
  let count = 0n;
  for (let rest = bitmap; rest > 0n; rest >>= 1n) count += rest & 1n;
  return count;
}
