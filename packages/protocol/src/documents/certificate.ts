import { z } from 'zod';
import type { Sha256 } from '@encryptech/base';
import { digestDocument } from './digest-document.ts';
import { parseDocument } from './parse-document.ts';
import { TRAINING_MECHANISMS } from './release-policy.ts';
import {
  addressSchema,
  bytes32Schema,
  levelSchema,
  lineSchema,
  measurementSchema,
  secondsSchema,
  wholeSchema,
} from './scalars.ts';
import { correlationSchema } from './training-spec.ts';

const UINT32_MAX = 2 ** 32 - 1;

/** How a model was made and what it may reveal, as the enclave states it. Closed: unknown fields are errors. */
export const certificateSchema = z
  .strictObject({
    version: z.literal(1),
    job: bytes32Schema,
    attempt: wholeSchema(0, UINT32_MAX),
    dataset: bytes32Schema,
    graph: bytes32Schema,
    spec: bytes32Schema,
    /** Digest of the encrypted data file. */
    data: bytes32Schema,
    /** Digest of the trained ONNX file in the clear. */
    model: bytes32Schema,
    /** Fresh noise in each step, or noise that is correlated over steps (banded matrix factorisation), as `correlation` says. */
    mechanism: z.enum(TRAINING_MECHANISMS),
    adjacency: z.enum(['add-or-remove-one', 'replace-one']),
    unit: z.enum(['row', 'unit']),
    accountant: z.enum(['pld', 'rdp']),
    epsilon: z.number().positive(),
    delta: z.number().gt(0).lt(1),
    steps: wholeSchema(1, UINT32_MAX),
    noiseMultiplier: z.number().positive(),
    samplingRate: z.number().gt(0).lte(1),
    /** Bound on the norm of one unit's gradient; where clipping is adaptive, that of the first step. */
    clipNorm: z.number().positive(),
    /** How gradients were clipped. Left out in certificates from before there was a choice: flat. */
    clipping: z
      .discriminatedUnion('kind', [
        z.strictObject({ kind: z.enum(['flat', 'automatic', 'per-layer']) }),
        z.strictObject({
          ...{ kind: z.literal('adaptive'), quantile: z.number(), rate: z.number() },
          /** The counts' part of the privacy loss. The noise multiplier is that of sums and counts together. */
          share: z.number().gt(0).lt(1),
          /** What the clip norm came to, by noised counts. */
          lastClipNorm: z.number().positive(),
        }),
      ])
      .optional(),
    /** Over how many steps noise is correlated, and in which order units took part: for `dp-mf`. */
    correlation: correlationSchema.optional(),
    /** Which parameters were trained, in the words of the spec, and how many numbers they are. All, where it is left out. */
    trained: z.strictObject({ selection: lineSchema(1000), parameters: wholeSchema(1, 2 ** 40) }).optional(),
    /** What the dataset's ledger on chain is charged, packed. */
    ledgerCharge: z.strictObject({ rdpLow: bytes32Schema, rdpHigh: bytes32Schema }),
    evidence: z
      .strictObject({
        kind: z.enum(['tdx', 'sgx', 'sev-snp', 'nitro', 'software']),
        id: bytes32Schema,
        level: levelSchema,
        measurement: measurementSchema,
      })
      // The level is stated by the enclave itself; that of a software enclave is known.
      .refine(({ kind, level }) => kind !== 'software' || level === 0, {
        path: ['level'],
        message: 'must be 0 for a software enclave',
      }),
    provider: addressSchema,
    enclaveKey: addressSchema,
    chain: z.strictObject({ id: wholeSchema(1, Number.MAX_SAFE_INTEGER), jobs: addressSchema }),
    issuedAt: secondsSchema,
    /** What a reader must know, in sentences. */
    warnings: z.array(lineSchema(500)).max(32),
  })
  .refine(({ mechanism, correlation }) => (mechanism === 'dp-mf') === (correlation !== undefined), {
    path: ['correlation'],
    message: 'is there exactly for "dp-mf"',
  });

export type Certificate = z.infer<typeof certificateSchema>;

/**
 * The certificate in a JSON value.
 *
 * @throws `protocol.badDocument` with `place` = path of the first fault
 */
export const parseCertificate = (value: unknown): Certificate => parseDocument(certificateSchema, 'Certificate', value);

/** The certificate's digest: `Receipt.certificateDigest`. */
export const certificateDigest = (certificate: Certificate): Sha256 => digestDocument(certificate);
