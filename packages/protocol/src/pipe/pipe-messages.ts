import { z } from 'zod';
import { certificateSchema } from '../documents/certificate.ts';
import { datasetManifestSchema } from '../documents/dataset-manifest.ts';
import { addressSchema, signatureSchema, wholeSchema } from '../documents/scalars.ts';
import { trainingSpecSchema } from '../documents/training-spec.ts';
import { checkpointCodec } from '../signing/checkpoint.ts';
import { orderCodec } from '../signing/job-order.ts';
import { receiptCodec } from '../signing/receipt.ts';
import { chainSchema } from '../wire/bodies.ts';
import { envelopeCodec, type MessageOf } from '../wire/envelope-codec.ts';
import { wireErrorSchema } from '../wire/wire-error.ts';
import { wireTypes } from '../wire/wire-messages.ts';
import { fileNameSchema, PAYLOAD_MAX_BYTES, payloadSchema } from './payload.ts';

const KIB = 1_024;
const LARGE = PAYLOAD_MAX_BYTES + 4_096 * KIB;

/** Provider → enclave, first: all that the job is. Nothing in it is secret; the enclave checks it against itself. */
const startBody = z.strictObject({
  chain: chainSchema,
  order: orderCodec.schema,
  orderSignature: signatureSchema,
  spec: trainingSpecSchema,
  manifest: datasetManifestSchema,
  owner: addressSchema,
  provider: addressSchema,
  attempt: wholeSchema(0, 2 ** 32 - 1),
  graph: payloadSchema,
  /** The encrypted dataset, in the enclave's folder. */
  data: fileNameSchema,
  /** The last recorded checkpoint of an earlier attempt. */
  resume: z.strictObject({ checkpoint: checkpointCodec.schema, sealed: payloadSchema }).nullable(),
});

/** Enclave → provider: a step that is paid for once the chain has it. */
const checkpointBody = z.strictObject({
  checkpoint: checkpointCodec.schema,
  signature: signatureSchema,
  sealed: payloadSchema,
});

/** Enclave → provider: the end. `receipt.resultDigest` is the digest of the sealed bytes. */
const resultBody = z.strictObject({
  receipt: receiptCodec.schema,
  signature: signatureSchema,
  certificate: certificateSchema,
  sealed: payloadSchema,
});

/**
 * What a provider and its enclave say to each other over a byte pipe. Challenge, evidence, release, denied, ready,
 * progress and ping have the same bytes as on the wire, so that the provider passes them on unread.
 */
export const pipeTypes = {
  start: { maxBytes: LARGE, schema: startBody },
  challenge: wireTypes.challenge,
  evidence: wireTypes.evidence,
  release: wireTypes.release,
  denied: wireTypes.denied,
  ready: wireTypes.ready,
  progress: wireTypes.progress,
  checkpoint: { maxBytes: LARGE, schema: checkpointBody },
  result: { maxBytes: LARGE, schema: resultBody },
  failure: { maxBytes: 96 * KIB, schema: wireErrorSchema },
  stop: { maxBytes: KIB, schema: z.strictObject({ reason: z.enum(['cancelled', 'deadline', 'shutdown']) }) },
  ping: wireTypes.ping,
} as const;

/** One message of {@link pipeTypes}. */
export type PipeMessage = MessageOf<typeof pipeTypes>;

/** Encodes and decodes {@link PipeMessage}s; errors as in {@link envelopeCodec}. */
export const pipe = envelopeCodec(pipeTypes);
