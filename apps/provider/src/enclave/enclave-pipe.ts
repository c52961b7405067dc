import { envelopeCodec, pipeTypes, wireTypes, type MessageOf } from '@encryptech/protocol';
import type { Hex } from '@encryptech/base';
import { z } from 'zod';

const bytes = (min: number, max: number) =>
  z.custom<Uint8Array>((value) => value instanceof Uint8Array && value.length >= min && value.length <= max);

/** What a software enclave attests with. It proves nothing: whoever runs the machine has it too, so it gives level 0. */
const softwareAttester = z.strictObject({
  kind: z.literal('software'),
  /** The simulated machine's signing material, see `attestation`. */
  platform: z.strictObject({
    certificateChain: z.string().min(1).max(65_536),
    pckKey: bytes(32, 32),
    attestationKey: bytes(32, 32),
  }),
  /** The root above the material, so that the enclave can verify its own evidence before it shows it. */
  anchor: z.strictObject({
    fingerprint: z.custom<Hex>((value) => typeof value === 'string' && /^0x[0-9a-f]{64}$/.test(value)),
    certificate: bytes(1, 8192),
  }),
  /** What `measureEnclave` gives for this install. */
  measurement: bytes(48, 48),
});

/** What a provider and its worker say to each other: `protocol`'s messages, and what a software enclave needs besides. */
export const enclaveTypes = {
  ...pipeTypes,
  start: {
    maxBytes: pipeTypes.start.maxBytes,
    schema: pipeTypes.start.schema.extend({
      attester: softwareAttester,
      threads: z.number().int().min(1).max(256),
    }),
  },
  /** Enclave → owner: a challenge or release is refused; the enclave goes on waiting. */
  error: wireTypes.error,
} as const;

export type EnclaveMessage = MessageOf<typeof enclaveTypes>;
export type StartBody = Extract<EnclaveMessage, { type: 'start' }>['body'];
export type ChallengeBody = Extract<EnclaveMessage, { type: 'challenge' }>['body'];
export type ReleaseBody = Extract<EnclaveMessage, { type: 'release' }>['body'];

export const enclavePipe = envelopeCodec(enclaveTypes);
