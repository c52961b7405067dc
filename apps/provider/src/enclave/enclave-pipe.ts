import { envelopeCodec, pipeTypes, wireTypes, type MessageOf } from '@encryptech/protocol';
import { z } from 'zod';

const bytes = (min: number, max: number) =>
  z.custom<Uint8Array>((value) => value instanceof Uint8Array && value.length >= min && value.length <= max);

/** What a software enclave attests with: level 0, whoever runs the machine could use it as well. */
const softwareAttester = z.strictObject({
  kind: z.literal('software'),
  /** Seed of the development PKI. */
  seed: bytes(32, 32),
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
