import { formatEnc } from '@encryptech/base';
import { BONUS_AVAILABILITY_BPS } from '@encryptech/market';
import type { EpochEarning, JobEarning } from './earnings.ts';

const enc = (wei: bigint): string => `${formatEnc(wei, 6)} ENC`;
const percent = (bps: bigint): string => `${(Number(bps) / 100).toFixed(2)} %`;
const part = (of: bigint, all: bigint): string =>
  all === 0n ? '–' : `${(Number((of * 1_000_000n) / all) / 10_000).toFixed(2)} %`;

/** A job’s pay in one line: what was paid, for how much work at which price, what the treasury took, what reputation did. */
export function describeJobEarning({
  jobId,
  attempt,
  end,
  rate,
  price,
  paid,
  treasuryFee,
  reputation,
}: JobEarning): string {
  const work = paid + treasuryFee;
  const of = work === price ? '' : ` of ${enc(price)}`;
  const why = {
    settled: '',
    expired: ', the deadline was missed: only what checkpoints cover is paid',
    faulted: ', unpaid after a fault',
  }[end];
  const units = rate === 0n ? '' : ` (${formatUnits((work * 1_000_000n) / rate)} units)`;
  return (
    `job ${jobId.slice(0, 10)}… attempt ${attempt}: ${enc(paid)} for work of ${enc(work)}${of} at ${enc(rate)} a unit${units}${why}; ` +
    `treasury ${enc(treasuryFee)}; reputation ${percent(reputation.beforeBps)} → ${percent(reputation.afterBps)}`
  );
}

/** An epoch’s reward in one line: Q × c × R² as a part of all scores, share and bonus, and where the ENC is. */
export function describeEpochEarning(earning: EpochEarning): string {
  const { epoch, work, idle, quantity, level, levelBps, reputationBps, availabilityBps, share, bonus } = earning;
  const bound = earning.isStakeBound ? `, bounded by the stake of ${enc(earning.stake)}` : '';
  const state = {
    counting: `about ${enc(share + bonus)}, to be fetched from epoch ${epoch + 2n} on`,
    due: `${enc(share + bonus)} due`,
    fetched: `${enc(share + bonus)} fetched`,
  }[earning.state];
  const why = earning.qualified
    ? `share ${enc(share)} + bonus ${enc(bonus)}`
    : `share ${enc(share)}, no bonus (${availabilityBps < BONUS_AVAILABILITY_BPS ? `answered ${percent(availabilityBps)} of the heartbeats` : 'a fault'})`;
  return (
    `epoch ${epoch}: Q ${formatEnc(quantity * 1_000_000_000_000n, 6)} (work ${enc(work)}, capacity that was there ${enc(idle)}${bound}) × ` +
    `c ${Number(levelBps) / 10_000} (level ${level}) × R² (${percent(reputationBps)}) = ${part(earning.score, earning.scoreOfAll)} of all scores; ` +
    `${why}; ${state}${earning.agrees ? '' : '; THE CONTRACT SAYS OTHERWISE'}`
  );
}

/** Micro-units as units. */
const formatUnits = (micro: bigint): string => String(Number(micro) / 1e6);
