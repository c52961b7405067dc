import type { Evidence } from '@encryptech/attestation';
import { fromHex } from '@encryptech/base';
import { submissionSchema, type Submission } from '@encryptech/protocol';
import { z } from 'zod';
import { verifierError } from '../errors.ts';

/** What a verifier asks its peers: the evidence, and the second at which all appraise it. */
export const cosignRequestSchema = z.strictObject({
  submission: submissionSchema,
  issuedAt: z.number().int().positive(),
});

/** @throws `verifier.badRequest` with the path of the first fault as `place` */
export function parseRequest<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [first] = parsed.error.issues;
  throw verifierError({
    code: 'verifier.badRequest',
    message: `The request is not of its form: ${first?.message ?? 'it does not fit'}.`,
    place: (first?.path ?? []).map(String).join('.') || 'body',
  });
}

/** The evidence in a submission. */
export const evidenceOf = ({ kind, body, runtimeData, certificates }: Submission): Evidence => ({
  kind,
  body: fromHex(body),
  runtimeData: fromHex(runtimeData),
  ...(certificates === undefined ? {} : { certificates: certificates.map((one) => fromHex(one)) }),
});
