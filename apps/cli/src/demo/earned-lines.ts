import { formatEnc } from '@encryptech/base';
import type { ProviderEarnings } from '@encryptech/sdk';

const enc = (wei: bigint): string => formatEnc(wei, 6);
const percent = (bps: bigint): string => `${(Number(bps) / 100).toFixed(2)} %`;

/** A short table of what providers earned so far: who, for what, how much, and why. */
export function earnedLines(providers: readonly { name: string; earnings: ProviderEarnings }[]): string[] {
  const rows = providers.flatMap(({ name, earnings }) => [
    ...earnings.jobs.map((job) => ({
      ...{ name, what: `job ${job.jobId.slice(0, 8)}…`, amount: job.paid },
      why: `${units(job.paid + job.treasuryFee, job.rate)} units at ${enc(job.rate)} ENC less ${enc(job.treasuryFee)} for the treasury; reputation ${percent(job.reputation.beforeBps)} → ${percent(job.reputation.afterBps)}`,
    })),
    ...earnings.epochs.map((epoch) => ({
      ...{ name, what: `epoch ${epoch.epoch}`, amount: epoch.share + epoch.bonus },
      why: `emission: score of ${enc(epoch.quantity * 10n ** 12n)} ENC of work and capacity × level ${Number(epoch.levelBps) / 10_000} × reputation² (${percent(epoch.reputationBps)}), ${epoch.bonus > 0n ? `with a bonus of ${enc(epoch.bonus)}` : 'no bonus'}; ${STATES[epoch.state]}`,
    })),
  ]);
  return rows.map(({ name, what, amount, why }, place) =>
    [
      place === 0 ? 'Earned      ' : '            ',
      name.padEnd(8),
      what.padEnd(13),
      `${enc(amount).padStart(12)} ENC`,
      ` ${why}`,
    ].join(' '),
  );
}

const STATES = { counting: 'paid two epochs later', due: 'due', fetched: 'fetched' } as const;

/** Work over rate, as units. */
const units = (work: bigint, rate: bigint): string =>
  rate === 0n ? '0' : String(Number((work * 1_000_000n) / rate) / 1e6);
