import { toHex, type Hex } from '@encryptech/base';
import type { Quote } from '@encryptech/market';
import {
  hashOrder,
  signOrder,
  trainingSpecDigest,
  type JobOrder,
  type Signer,
  type SigningDomain,
} from '@encryptech/protocol';
import { sdkError } from '../errors.ts';
import type { PlannedJob } from './plan-job.ts';
import type { JobDemands } from './quote-job.ts';

/** A signed order and the job that it names. */
export interface SignedOrder {
  jobId: Hex;
  order: JobOrder;
  signature: Hex;
}

/**
 * The order of a planned job under the limits of its quote, signed.
 *
 * @throws `sdk.noOffer` when the quote found nobody who would take it
 */
export async function orderJob({
  planned,
  quote,
  demands,
  resultKey,
  now,
  validSec,
  domain,
  signer,
}: {
  planned: PlannedJob;
  quote: Quote;
  demands: JobDemands;
  /** X25519 public key that the result is sealed to. */
  resultKey: Uint8Array;
  now: number;
  /** How long the order may be matched, seconds. */
  validSec: number;
  domain: SigningDomain;
  signer: Signer;
}): Promise<SignedOrder> {
  if (quote.limit === null) {
    const reasons = [...new Set(quote.refusals.flatMap((refusal) => refusal.reasons))];
    throw sdkError({
      code: 'sdk.noOffer',
      message: 'Nobody offers what this job demands.',
      hint: reasons.length === 0 ? 'There are no offers at the moment.' : `In the way: ${reasons.join(', ')}.`,
      data: { reasons },
      retry: 'later',
    });
  }
  const nonceBytes = globalThis.crypto.getRandomValues(new BigUint64Array(1));
  const order: JobOrder = {
    developer: demands.developer,
    datasetId: planned.datasetId,
    graphDigest: planned.spec.graph,
    specDigest: trainingSpecDigest(planned.spec),
    resultKey: toHex(resultKey),
    units: planned.units,
    steps: planned.spec.privacy.steps,
    durationSec: planned.spec.durationSec,
    maxRate: quote.limit.rate,
    maxDatasetFee: quote.limit.datasetFee,
    minLevel: demands.minLevel ?? 0,
    kind: demands.class === 'reserved' ? 1 : 0,
    minReputationBps: demands.minReputationBps ?? 0,
    minSpeed: demands.minSpeed ?? 0n,
    rdpLow: planned.charge.rdpLow,
    rdpHigh: planned.charge.rdpHigh,
    nonce: nonceBytes[0]!,
    expiresAt: BigInt(now + validSec),
  };
  return { jobId: hashOrder(order, domain), order, signature: await signOrder(order, domain, signer) };
}
