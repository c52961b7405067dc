import { z } from 'zod';
import { datasetManifestSchema } from '../documents/dataset-manifest.ts';
import { signatureSchema, wholeSchema } from '../documents/scalars.ts';
import { trainingSpecSchema } from '../documents/training-spec.ts';
import { offerCodec } from '../signing/compute-offer.ts';
import { grantCodec } from '../signing/dataset-grant.ts';
import { orderCodec } from '../signing/job-order.ts';

/** What matters to a developer among the offers that fit, in basis points of 10,000. Not signed: it can't break a limit. */
export const preferencesSchema = z
  .strictObject({
    security: wholeSchema(0, 10_000),
    performance: wholeSchema(0, 10_000),
    cost: wholeSchema(0, 10_000),
  })
  .refine(({ security, performance, cost }) => security + performance + cost === 10_000, 'must add up to 10000');

/** Body of `POST /v1/orders`. The graph is a blob under `order.graphDigest`. */
export const orderRequestSchema = z.strictObject({
  order: orderCodec.schema,
  signature: signatureSchema,
  spec: trainingSpecSchema,
  preferences: preferencesSchema.optional(),
});

/** Body of `POST /v1/offers`. */
export const offerRequestSchema = z.strictObject({ offer: offerCodec.schema, signature: signatureSchema });

/** Body of `POST /v1/grants`, with the manifest whose digest is on chain. */
export const grantRequestSchema = z.strictObject({
  grant: grantCodec.schema,
  signature: signatureSchema,
  manifest: datasetManifestSchema,
});

export type Preferences = z.output<typeof preferencesSchema>;
export type OrderRequest = z.output<typeof orderRequestSchema>;
export type OfferRequest = z.output<typeof offerRequestSchema>;
export type GrantRequest = z.output<typeof grantRequestSchema>;
export type OrderRequestJson = z.input<typeof orderRequestSchema>;
export type OfferRequestJson = z.input<typeof offerRequestSchema>;
export type GrantRequestJson = z.input<typeof grantRequestSchema>;
