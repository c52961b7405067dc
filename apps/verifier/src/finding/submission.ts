import { TEE_KINDS, type Evidence } from '@encryptech/attestation';
import { fromHex, type Address, type Hex } from '@encryptech/base';
import { z } from 'zod';
import { verifierError } from '../errors.ts';

const hex = (most: number) =>
  z.custom<Hex>(
    (value) => typeof value === 'string' && value.length <= 2 + 2 * most && /^0x([0-9a-f]{2})*$/.test(value),
    `must be 0x and lower-case hex digits of at most ${most} bytes`,
  );
const address = z.custom<Address>(
  (value) => typeof value === 'string' && /^0x[0-9a-fA-F]{40}$/.test(value),
  'must be an address',
);

/** Evidence of a provider, as JSON: what it posts, what verifiers pass on to each other and keep. */
export const submissionSchema = z.strictObject({
  subject: address,
  /** Number of the block whose hash is in the nonce. */
  block: z.number().int().nonnegative(),
  kind: z.enum(TEE_KINDS as [string, ...string[]]),
  body: hex(65_536),
  runtimeData: hex(4096),
  /** Certificates that the vendor's format carries beside it, DER. */
  certificates: z.array(hex(8192)).max(8).optional(),
});

export type Submission = z.infer<typeof submissionSchema>;

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
  kind: kind as Evidence['kind'],
  body: fromHex(body),
  runtimeData: fromHex(runtimeData),
  ...(certificates === undefined ? {} : { certificates: certificates.map((one) => fromHex(one)) }),
});
