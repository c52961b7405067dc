import { chainTime, jobParameters, unbondingPeriodSec, type ChainClient } from '@encryptech/chain';
import { quote, type Quote } from '@encryptech/market';
import { ledgerCaps, unpackLanes } from '@encryptech/privacy';
import { hashGrant, type DatasetView, type OfferList, type SigningDomain } from '@encryptech/protocol';
import type { PlannedJob } from './plan-job.ts';

/** What a developer demands of who does the job. */
export interface JobDemands {
  developer: `0x${string}`;
  minLevel?: number | undefined;
  minReputationBps?: number | undefined;
  /** Micro-units a second. */
  minSpeed?: bigint | undefined;
  /** Wei a unit; a limit a little above the median offer is proposed if left out. */
  maxRate?: bigint | undefined;
  /** `reserved` is served within the developer's entitlement, ahead of others, at the posted rate; `market` if left out. */
  class?: 'market' | 'reserved' | undefined;
}

/** What a planned job would cost now, by the offers and grants that a coordinator shows. */
export async function quoteJob(
  { client, domain }: { client: ChainClient; domain: SigningDomain },
  {
    planned,
    dataset,
    offers,
    demands,
  }: { planned: PlannedJob; dataset: DatasetView; offers: OfferList; demands: JobDemands },
): Promise<Quote> {
  const [now, parameters, unbondingSec] = await Promise.all([
    chainTime(client),
    jobParameters(client),
    unbondingPeriodSec(client),
  ]);
  const { budget } = dataset;
  const spent = unpackLanes({ rdpLow: BigInt(budget.spent.rdpLow), rdpHigh: BigInt(budget.spent.rdpHigh) });
  const reserved = unpackLanes({ rdpLow: BigInt(budget.reserved.rdpLow), rdpHigh: BigInt(budget.reserved.rdpHigh) });
  return quote({
    order: {
      developer: demands.developer,
      datasetId: planned.datasetId,
      units: planned.units,
      steps: planned.spec.privacy.steps,
      durationSec: planned.spec.durationSec,
      minLevel: demands.minLevel ?? 0,
      kind: 0,
      minReputationBps: demands.minReputationBps ?? 0,
      minSpeed: demands.minSpeed ?? 0n,
      rdpLow: planned.charge.rdpLow,
      rdpHigh: planned.charge.rdpHigh,
      ...(demands.maxRate === undefined ? {} : { maxRate: demands.maxRate }),
    },
    // The coordinator checked the signatures when it took the documents in, and the contract checks them again.
    offers: offers.offers.map(({ id, offer }) => ({ id, offer, signatureValid: true, nonceCancelled: false })),
    // A worker that is busy now makes the job wait; it does not change the price.
    providers: offers.offers.map(({ provider }) => ({ ...provider, freeWorkers: Math.max(1, provider.freeWorkers) })),
    grants: dataset.grants.map(({ grant }) => ({
      id: hashGrant(grant, domain),
      grant,
      signatureValid: true,
      nonceCancelled: false,
    })),
    dataset: {
      id: dataset.datasetId,
      retired: dataset.retired,
      minLevel: dataset.minLevel,
      policyDigest: dataset.policyDigest,
      caps: ledgerCaps({ epsilonMicro: budget.epsilonCapMicro, deltaExponent: budget.deltaExponent }),
      held: spent.map((lane, i) => lane + reserved[i]!),
    },
    parameters: {
      paused: false,
      feeBps: parameters.feeBps,
      stakeRatioBps: parameters.stakeRatioBps,
      startWindowSec: parameters.startWindow,
      contestWindowSec: [
        parameters.contestWindow0,
        parameters.contestWindow1,
        parameters.contestWindow2,
        parameters.contestWindow3,
      ],
      unbondingSec,
    },
    now,
  });
}
