import { z } from 'zod';
import type { Sha256 } from '@encryptech/base';
import { digestDocument } from './digest-document.ts';
import { parseDocument } from './parse-document.ts';
import { addressSchema, bytes32Schema, levelSchema, measurementSchema, secondsSchema } from './scalars.ts';

/** How gradients get their noise: fresh in each step, or correlated over steps. */
export const TRAINING_MECHANISMS = ['dp-sgd', 'dp-mf'] as const;
export type Mechanism = (typeof TRAINING_MECHANISMS)[number];

/**
 * Who may train what on a dataset, and where: the owner's agent releases keys by it alone. Closed: an unknown field
 * is an error, an empty list allows nobody or nothing. Its digest is registered on chain.
 */
export const releasePolicySchema = z.strictObject({
  version: z.literal(1),
  dataset: bytes32Schema,
  purposes: z.array(z.enum(['train'])).max(8),
  developers: z.union([z.literal('*'), z.array(addressSchema).max(10_000)]),
  mechanisms: z.array(z.enum(TRAINING_MECHANISMS)).max(8),
  minLevel: levelSchema,
  /** The most that one job may spend, at the dataset's delta. */
  maxEpsilonPerJob: z.number().positive(),
  /** Enclave measurements that may receive the key. */
  measurements: z.array(measurementSchema).max(1_000),
  /** No release after this time (Unix seconds). */
  until: secondsSchema,
});

export type ReleasePolicy = z.infer<typeof releasePolicySchema>;

/**
 * The release policy in a JSON value.
 *
 * @throws `protocol.badDocument` with `place` = path of the first fault; for an unknown field that is the field
 */
export const parseReleasePolicy = (value: unknown): ReleasePolicy =>
  parseDocument(releasePolicySchema, 'ReleasePolicy', value);

/** The policy's digest: `DatasetGrant.policyDigest`, `KeyRelease.policyDigest`. */
export const releasePolicyDigest = (policy: ReleasePolicy): Sha256 => digestDocument(policy);
