import { z } from 'zod';
import { bytes32Schema, bytesSchema, wholeSchema } from '../documents/scalars.ts';

/** The most that a payload carries inline. */
export const PAYLOAD_MAX_BYTES = 1 << 28;

/** A name of a file in the enclave's folder: no path, nothing hidden. */
export const fileNameSchema = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/, 'must be a plain file name');

/** Bytes between a provider and its enclave: inline, or a file of the enclave's folder with the digest it must have. */
export const payloadSchema = z.union([
  z.strictObject({ bytes: bytesSchema(1, PAYLOAD_MAX_BYTES) }),
  z.strictObject({ file: fileNameSchema, digest: bytes32Schema, size: wholeSchema(1, Number.MAX_SAFE_INTEGER) }),
]);

export type Payload = z.output<typeof payloadSchema>;
