import { envelopeCodec, signedDelegationSchema, wireTypes, type MessageOf } from '@encryptech/protocol';
import type { Hex } from '@encryptech/base';
import { z } from 'zod';

const KIB = 1_024;
/** Most bytes of what an owner seals to a delegate: secrets, manifests and policies of all datasets. */
const MOST_SEALED_BYTES = 4_096 * KIB;

export const bytes = (min: number, max: number) =>
  z.custom<Uint8Array>((value) => value instanceof Uint8Array && value.length >= min && value.length <= max);
export const hex = (length: number) =>
  z.custom<Hex>((value) => typeof value === 'string' && new RegExp(`^0x[0-9a-f]{${2 * length}}$`).test(value));

/** Owner → delegate: the owner's signed word, and all it needs, sealed to the key in its evidence. */
export const handoverBody = z.strictObject({
  delegated: signedDelegationSchema,
  sealed: bytes(1, MOST_SEALED_BYTES),
});

/** Delegate → owner: it has opened what was sealed to it, and decides from now on. */
export const acceptedBody = z.strictObject({ delegation: hex(32), datasets: z.array(hex(32)).max(1_000) });

/** Delegate → owner: it has forgotten everything. */
export const endedBody = z.strictObject({ delegation: hex(32) });

/**
 * What an owner and its delegate say to each other. `challenge` and `evidence` are those of a job's enclave; in their place of
 * job and attempt stand the delegation and 0, and in the policy's the digest of what is asked (`actionDigest`).
 */
export const delegationTypes = {
  challenge: wireTypes.challenge,
  evidence: wireTypes.evidence,
  handover: { maxBytes: MOST_SEALED_BYTES + 8 * KIB, schema: handoverBody },
  accepted: { maxBytes: 128 * KIB, schema: acceptedBody },
  ended: { maxBytes: KIB, schema: endedBody },
  error: wireTypes.error,
} as const;

export type DelegationMessage = MessageOf<typeof delegationTypes>;

export const delegationWire = envelopeCodec(delegationTypes);
