import { digestOf, fromHex, type Hex } from '@encryptech/base';
import { z } from 'zod';
import type { Registration } from '../signing/registration.ts';
import { addressSchema, signatureSchema } from './scalars.ts';

/** `0x` and lower-case hex digits of at most so many bytes. */
const hexSchema = (most: number) =>
  z.custom<Hex>(
    (value) => typeof value === 'string' && value.length <= 2 + 2 * most && /^0x([0-9a-f]{2})*$/.test(value),
    `must be 0x and lower-case hex digits of at most ${most} bytes`,
  );

/** Evidence that a provider registers with, as JSON: what it serves and posts, what verifiers pass on to each other and keep. */
export const submissionSchema = z.strictObject({
  subject: addressSchema,
  /** Number of the block whose hash is in the nonce. */
  block: z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER),
  kind: z.enum(['tdx', 'sgx', 'sev-snp', 'nitro', 'software']),
  body: hexSchema(65_536),
  runtimeData: hexSchema(4096),
  /** Certificates that the vendor's format carries beside it, DER. */
  certificates: z.array(hexSchema(8192)).max(8).optional(),
  /** Of `subject` over {@link registrationOf}: nobody else speaks under its name. */
  signature: signatureSchema,
});

export type Submission = z.infer<typeof submissionSchema>;

/** What the subject signs for a submission. The evidence itself covers the runtime data. */
export const registrationOf = (
  { subject, block, body }: Pick<Submission, 'subject' | 'block' | 'body'>,
  nonce: Hex,
): Registration => ({ provider: subject, block: BigInt(block), nonce, evidenceDigest: digestOf(fromHex(body)) });
