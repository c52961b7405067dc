import { formatEnc } from '@encryptech/base';
import { describeEpochEarning, describeJobEarning, type ProviderEarnings } from '@encryptech/sdk';

const enc = (wei: bigint): string => `${formatEnc(wei, 6)} ENC`;

/** A provider's earnings as a person reads them: sums first, then each line with what stands behind it. */
export function earningsText(name: string, { epoch, jobs, epochs, totals, reputationBps }: ProviderEarnings): string {
  const penalties = totals.penalties === 0n ? '' : `, taken for faults ${enc(totals.penalties)}`;
  return [
    `${name} now, in epoch ${epoch}: reputation ${(Number(reputationBps) / 100).toFixed(2)} %`,
    `  jobs paid ${enc(totals.jobs)}; emission: fetched ${enc(totals.fetched)}, due ${enc(totals.due)}${penalties}`,
    ...(jobs.length === 0 ? ['  No job has ended yet.'] : jobs.map((job) => `  ${describeJobEarning(job)}`)),
    ...(epochs.length === 0
      ? ['  No epoch is counted yet: that happens in the epoch after it.']
      : epochs.map((one) => `  ${describeEpochEarning(one)}`)),
  ].join('\n');
}
