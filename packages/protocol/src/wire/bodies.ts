import { z } from 'zod';
import {
  addressSchema,
  bytes32Schema,
  bytesSchema,
  lineSchema,
  signatureSchema,
  wholeSchema,
} from '../documents/scalars.ts';
import { checkpointCodec } from '../signing/checkpoint.ts';
import { delegationCodec } from '../signing/delegation.ts';
import { keyReleaseCodec } from '../signing/key-release.ts';
import { ownerChallengeCodec } from '../signing/owner-challenge.ts';
import { receiptCodec } from '../signing/receipt.ts';

const UINT32_MAX = 2 ** 32 - 1;

export const chainSchema = z.strictObject({ id: wholeSchema(1, Number.MAX_SAFE_INTEGER), jobs: addressSchema });
const attempt = { jobId: bytes32Schema, attempt: wholeSchema(0, UINT32_MAX) };

/** The owner's word for a delegate whose key signs in the owner's place. */
export const signedDelegationSchema = z.strictObject({
  delegation: delegationCodec.schema,
  signature: signatureSchema,
});

/** A delegation and its owner's signature. */
export type SignedDelegation = z.output<typeof signedDelegationSchema>;

/** Owner, or the owner's delegate, → enclave: prove what you are, for this job. */
export const challengeBody = z.strictObject({
  challenge: ownerChallengeCodec.schema,
  signature: signatureSchema,
  chain: chainSchema,
  /** There when a delegate signed the challenge; the release that follows is signed by the same key. */
  delegated: signedDelegationSchema.optional(),
});

/** Enclave → owner: evidence over the runtime data, both in `attestation`'s own encoding. */
export const evidenceBody = z.strictObject({
  ...attempt,
  kind: z.enum(['tdx', 'sgx', 'sev-snp', 'nitro', 'software']),
  evidence: bytesSchema(1, 1 << 20),
  /** Certificates, TCB info, revocation lists that travel with it; empty when the verifier has its own. */
  endorsements: bytesSchema(0, 1 << 20),
  runtimeData: bytesSchema(1, 4_096),
});

/** Owner → enclave: the keys, sealed to the key in the evidence, and the owner's signed record for the chain. */
export const releaseBody = z.strictObject({
  release: keyReleaseCodec.schema,
  signature: signatureSchema,
  sealedKeys: bytesSchema(1, 4_096),
});

/** Owner → enclave: no keys, and why. */
export const deniedBody = z.strictObject({
  ...attempt,
  evidenceId: bytes32Schema.nullable(),
  reasons: z
    .array(z.strictObject({ code: lineSchema(80), message: lineSchema(500) }))
    .min(1)
    .max(32),
});

/** Enclave → owner: the keys open, training begins at this step. */
export const readyBody = z.strictObject({
  ...attempt,
  enclaveKey: addressSchema,
  fromStep: wholeSchema(0, UINT32_MAX),
});

/** Enclave → all: what may be shown while a job runs. No loss: that would be a release about the data. */
export const progressBody = z.strictObject({
  ...attempt,
  step: wholeSchema(0, UINT32_MAX),
  steps: wholeSchema(1, UINT32_MAX),
  epsilon: z.number().nonnegative(),
  stepsPerSec: z.number().nonnegative(),
  elapsedMs: wholeSchema(0, Number.MAX_SAFE_INTEGER),
});

/** Provider → owner and developer: a checkpoint is stored under its digest. */
export const checkpointBody = z.strictObject({
  checkpoint: checkpointCodec.schema,
  signature: signatureSchema,
  size: wholeSchema(1, Number.MAX_SAFE_INTEGER),
});

/** Provider → owner and developer: the sealed result is stored under its digest. */
export const deliveredBody = z.strictObject({
  receipt: receiptCodec.schema,
  signature: signatureSchema,
  size: wholeSchema(1, Number.MAX_SAFE_INTEGER),
});

/** Both ways: are you there. The answer repeats the id. */
export const pingBody = z.strictObject({ id: wholeSchema(0, UINT32_MAX), answer: z.boolean() });
