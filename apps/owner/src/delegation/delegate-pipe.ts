import { envelopeCodec, orderCodec, trainingSpecSchema, type MessageOf } from '@encryptech/protocol';
import { enclaveTypes } from '@encryptech/provider/enclave';
import { z } from 'zod';
import { bytes, delegationTypes, hex } from './delegation-messages.ts';

const MIB = 1 << 20;
const session = z.number().int().nonnegative();
const { chain, attester } = enclaveTypes.start.schema.shape;
const code = z.string().min(1).max(80);

/** Host → delegate, first. */
const startBody = z.strictObject({ chain, owner: hexAddress(), delegation: hex(32), attester });

/** Host → delegate: an attempt that has started on one of the datasets, as the host tells it. */
const considerBody = z.strictObject({
  session,
  jobId: hex(32),
  order: orderCodec.schema,
  orderSignature: hex(65),
  spec: trainingSpecSchema,
  graph: bytes(1, 64 * MIB),
  chain: z.strictObject({
    started: z.boolean(),
    attempt: z.number().int().nonnegative(),
    provider: hexAddress(),
    enclaveKey: hexAddress(),
    datasetOwner: hexAddress(),
    budgetHeld: z.boolean(),
    policyDigest: hex(32),
    minLevel: z.number().int().min(0).max(3),
  }),
});

/** Delegate → host: look at the chain once more, right before the release. */
const recheckBody = z.strictObject({
  session,
  dataset: hex(32),
  policyDigest: hex(32),
  minLevel: z.number().int().min(0).max(3),
  enclave: z.strictObject({ measurement: hex(32), device: hex(32) }),
});

/** Delegate → host: what was decided, or why nothing could be. */
const outcomeBody = z.strictObject({
  session,
  decision: z.enum(['allow', 'deny', 'failed']),
  evidenceId: hex(32).nullable(),
  level: z.number().int().min(0).max(3).nullable(),
  reasons: z.array(z.strictObject({ code, message: z.string().max(2_000) })).max(64),
});

/** Delegate → host: a line of its log, with its signature of the log up to there. */
const loggedBody = z.strictObject({
  line: z.string().min(2).max(16_384),
  entries: z.number().int().positive(),
  head: hex(32),
  signature: hex(65),
});

/** One message of or to the enclave of a job, as it is on the wire. */
const relayed = z.strictObject({ session, message: bytes(1, 3 * MIB) });

/** What a host and its delegate's worker say to each other. What comes from the owner passes unread. */
export const delegateTypes = {
  ...delegationTypes,
  start: { maxBytes: MIB, schema: startBody },
  consider: { maxBytes: 66 * MIB, schema: considerBody },
  heard: { maxBytes: 3 * MIB + 1024, schema: relayed },
  lost: { maxBytes: 1024, schema: z.strictObject({ session }) },
  rechecked: { maxBytes: 16_384, schema: z.strictObject({ session, against: z.array(code).max(64) }) },
  say: { maxBytes: 3 * MIB + 1024, schema: relayed },
  recheck: { maxBytes: 4096, schema: recheckBody },
  outcome: { maxBytes: 256 * 1024, schema: outcomeBody },
  logged: { maxBytes: 32_768, schema: loggedBody },
} as const;

export type DelegateMessage = MessageOf<typeof delegateTypes>;
export type DelegateBody<Type extends DelegateMessage['type']> = Extract<DelegateMessage, { type: Type }>['body'];

export const delegatePipe = envelopeCodec(delegateTypes);

function hexAddress() {
  return z.custom<`0x${string}`>((value) => typeof value === 'string' && /^0x[0-9a-fA-F]{40}$/.test(value));
}
