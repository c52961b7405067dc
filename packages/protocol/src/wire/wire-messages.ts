import {
  challengeBody,
  checkpointBody,
  deliveredBody,
  deniedBody,
  evidenceBody,
  pingBody,
  progressBody,
  readyBody,
  releaseBody,
} from './bodies.ts';
import { envelopeCodec, type MessageOf } from './envelope-codec.ts';
import { wireErrorSchema } from './wire-error.ts';

const KIB = 1_024;

/** What owner agents, providers and developers say to each other, with the cap of each message. */
export const wireTypes = {
  challenge: { maxBytes: 4 * KIB, schema: challengeBody },
  evidence: { maxBytes: 2_112 * KIB, schema: evidenceBody },
  release: { maxBytes: 8 * KIB, schema: releaseBody },
  denied: { maxBytes: 24 * KIB, schema: deniedBody },
  ready: { maxBytes: KIB, schema: readyBody },
  progress: { maxBytes: KIB, schema: progressBody },
  checkpoint: { maxBytes: 4 * KIB, schema: checkpointBody },
  delivered: { maxBytes: 4 * KIB, schema: deliveredBody },
  error: { maxBytes: 96 * KIB, schema: wireErrorSchema },
  ping: { maxBytes: 256, schema: pingBody },
} as const;

/** One message of {@link wireTypes}; `body` holds signed structs as values, bytes as `Uint8Array`. */
export type WireMessage = MessageOf<typeof wireTypes>;

/** Encodes and decodes {@link WireMessage}s; errors as in {@link envelopeCodec}. */
export const wire = envelopeCodec(wireTypes);
