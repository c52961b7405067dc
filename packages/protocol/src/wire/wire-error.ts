import { EncryptechError, isEncryptechError } from '@encryptech/base';
import { z } from 'zod';

/** An error on the wire: what {@link EncryptechError.toJSON} gives, within caps. */
export const wireErrorSchema = z.strictObject({
  code: z
    .string()
    .regex(/^[a-zA-Z0-9]+(\.[a-zA-Z0-9]+){0,3}$/)
    .max(80),
  message: z.string().max(2_000),
  place: z.string().max(500).optional(),
  hint: z.string().max(1_000).optional(),
  data: z.record(
    z.string().max(80),
    z.union([
      z.string().max(1_000),
      z.number(),
      z.boolean(),
      z.null(),
      z.array(z.union([z.string().max(1_000), z.number()])).max(64),
    ]),
  ),
  retry: z.enum(['never', 'later', 'now']),
});

export type WireError = z.infer<typeof wireErrorSchema>;

/** The wire form of an error. What is not an {@link EncryptechError} becomes `internal`, since its text may hold more than others should see. */
export function wireErrorOf(error: unknown): WireError {
  if (!isEncryptechError(error)) {
    return {
      code: 'internal',
      message: 'An unexpected error; the log of the other side has it.',
      data: {},
      retry: 'later',
    };
  }
  const { code, message, place, hint, data, retry } = error;
  const full = {
    code,
    message: message.slice(0, 2_000),
    ...(place === undefined ? {} : { place: place.slice(0, 500) }),
    ...(hint === undefined ? {} : { hint: hint.slice(0, 1_000) }),
    data,
    retry,
  };
  const fits = wireErrorSchema.safeParse(full);
  return fits.success ? fits.data : { ...full, data: {} };
}

/** The error that a wire form stands for: same code, message and data. */
export const errorOfWire = (error: WireError): EncryptechError => new EncryptechError(error);
