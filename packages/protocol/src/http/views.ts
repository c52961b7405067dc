import { z } from 'zod';
import { datasetManifestSchema } from '../documents/dataset-manifest.ts';
import {
  addressSchema,
  bytes32Schema,
  levelSchema,
  secondsSchema,
  signatureSchema,
  uintSchema,
  wholeSchema,
} from '../documents/scalars.ts';
import { trainingSpecSchema } from '../documents/training-spec.ts';
import { offerCodec } from '../signing/compute-offer.ts';
import { grantCodec } from '../signing/dataset-grant.ts';
import { orderCodec } from '../signing/job-order.ts';
import { receiptCodec } from '../signing/receipt.ts';
import { wireErrorSchema } from '../wire/wire-error.ts';
import { preferencesSchema } from './requests.ts';

const UINT32_MAX = 2 ** 32 - 1;
const count = wholeSchema(0, Number.MAX_SAFE_INTEGER);
const uint32 = wholeSchema(0, UINT32_MAX);
const wei = uintSchema(256);
const ledgerWords = z.object({ rdpLow: bytes32Schema, rdpHigh: bytes32Schema });

// Answers are open: a client reads the fields that it knows, so that a newer coordinator can say more.

/** States of a job: `Open` until the first match, then as in Jobs. */
export const jobStateSchema = z.enum([
  'Open',
  'Matched',
  'Started',
  'Delivered',
  'Settled',
  'Expired',
  'Cancelled',
  'Faulted',
]);

/** Why something is as it is: a code of a closed list and its sentence. */
export const reasonSchema = z.object({ code: z.string().max(80), message: z.string().max(500) });

/** One entry of a job's timeline. */
export const jobEventSchema = z.object({
  at: secondsSchema,
  /** Name of the contract's event, or of the coordinator's own: `Ordered`, `Refused`. */
  event: z.string().max(80),
  block: count.nullable(),
  transaction: bytes32Schema.nullable(),
  data: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
});

/** A job in a list. */
export const jobSummarySchema = z.object({
  jobId: bytes32Schema,
  state: jobStateSchema,
  developer: addressSchema,
  provider: addressSchema.nullable(),
  datasetId: bytes32Schema,
  attempt: uint32,
  steps: uint32,
  /** Last step that the chain knows to be done. */
  step: uint32,
  createdAt: secondsSchema,
});

/** Answer of `GET /v1/jobs/:id`. */
export const jobViewSchema = jobSummarySchema.extend({
  order: orderCodec.schema.nullable(),
  orderSignature: signatureSchema.nullable(),
  spec: trainingSpecSchema.nullable(),
  preferences: preferencesSchema.nullable(),
  providerUrl: z.string().max(256).nullable(),
  level: levelSchema.nullable(),
  rate: wei.nullable(),
  price: wei.nullable(),
  escrow: wei,
  datasetFee: wei.nullable(),
  paidSteps: uint32,
  deadline: secondsSchema.nullable(),
  enclaveKey: addressSchema.nullable(),
  /** Why an open order is not matched. */
  reasons: z.array(reasonSchema),
  /** The delivery: receipt and signature make the certificate file together with the sealed certificate. */
  delivery: z.object({ receipt: receiptCodec.schema, signature: signatureSchema }).nullable(),
  timeline: z.array(jobEventSchema),
});

/** Answer of `GET /v1/jobs`. */
export const jobListSchema = z.object({ jobs: z.array(jobSummarySchema), next: z.string().max(200).nullable() });

/** One dataset of `GET /v1/datasets`. */
export const datasetViewSchema = z.object({
  datasetId: bytes32Schema,
  owner: addressSchema,
  /** Null until its owner has published the manifest here. */
  manifest: datasetManifestSchema.nullable(),
  manifestDigest: bytes32Schema,
  policyDigest: bytes32Schema,
  fee: wei,
  minLevel: levelSchema,
  retired: z.boolean(),
  budget: z.object({
    epsilonCapMicro: uint32,
    deltaExponent: wholeSchema(1, 18),
    spent: ledgerWords,
    reserved: ledgerWords,
    /** The epsilon that spent and reserved loss amount to at delta. */
    epsilonUsed: z.number().nonnegative(),
  }),
  grants: z.array(z.object({ grant: grantCodec.schema, signature: signatureSchema })),
});

/** Answer of `GET /v1/datasets`. */
export const datasetListSchema = z.object({ datasets: z.array(datasetViewSchema) });

/** What is known of a provider. */
export const providerViewSchema = z.object({
  address: addressSchema,
  url: z.string().max(256),
  active: z.boolean(),
  level: levelSchema,
  reputationBps: wholeSchema(0, 10_000),
  /** Micro-units of work a second, as declared. */
  speed: uintSchema(64),
  freeStake: wei,
  freeWorkers: count,
});

/** Answer of `GET /v1/offers`. */
export const offerListSchema = z.object({
  offers: z.array(
    z.object({ id: bytes32Schema, offer: offerCodec.schema, signature: signatureSchema, provider: providerViewSchema }),
  ),
});

/** Answer of `GET /v1/status`. */
export const statusSchema = z.object({
  version: z.string().max(40),
  chain: z.object({
    id: wholeSchema(1, Number.MAX_SAFE_INTEGER),
    block: count,
    /** Addresses by contract name: `Jobs`, `Datasets`, … */
    contracts: z.record(z.string(), addressSchema),
  }),
  /** Last block in the index. */
  indexedBlock: count,
  paused: z.boolean(),
  market: z.object({
    openOrders: count,
    offers: count,
    /** The last clearing: its inputs are at `GET /v1/clearings/:digest`, so that anybody can repeat it. */
    lastClearing: z.object({ digest: bytes32Schema, at: secondsSchema, matches: count, refusals: count }).nullable(),
  }),
});

/** Answer of every `POST`: the digest of what was taken in; for an order its job id. */
export const acceptedSchema = z.object({ id: bytes32Schema });

/** Body of every answer of status 400 and up. */
export const errorBodySchema = z.object({ error: wireErrorSchema });

export type JobState = z.output<typeof jobStateSchema>;
export type Reason = z.output<typeof reasonSchema>;
export type JobEvent = z.output<typeof jobEventSchema>;
export type JobSummary = z.output<typeof jobSummarySchema>;
export type JobView = z.output<typeof jobViewSchema>;
export type JobViewJson = z.input<typeof jobViewSchema>;
export type JobList = z.output<typeof jobListSchema>;
export type DatasetView = z.output<typeof datasetViewSchema>;
export type DatasetViewJson = z.input<typeof datasetViewSchema>;
export type DatasetList = z.output<typeof datasetListSchema>;
export type ProviderView = z.output<typeof providerViewSchema>;
export type ProviderViewJson = z.input<typeof providerViewSchema>;
export type OfferList = z.output<typeof offerListSchema>;
export type OfferListJson = z.input<typeof offerListSchema>;
export type Status = z.output<typeof statusSchema>;
export type Accepted = z.output<typeof acceptedSchema>;
export type ErrorBody = z.output<typeof errorBodySchema>;
