import { canonicalJson, digestOf, utf8, type Hex, type Sha256 } from '@encryptech/base';
import { z } from 'zod';

const hex = (bytes: number) =>
  z.custom<Hex>((value) => typeof value === 'string' && new RegExp(`^0x[0-9a-f]{${2 * bytes}}$`).test(value));

/** One decision about a key, as one line of the log. Never a key, never anything about the data. */
export const logEntrySchema = z.strictObject({
  seq: z.number().int().nonnegative(),
  /** Digest of the entry before; 32 zero bytes for the first. */
  previous: hex(32),
  /** Unix seconds. */
  time: z.number().int().nonnegative(),
  dataset: hex(32),
  job: hex(32),
  /** 0 where a decision is about a delegate instead of an attempt at a job; `job` is the delegation then. */
  attempt: z.number().int().nonnegative(),
  /** The evidence that was judged; null when the decision fell before any was seen. */
  evidenceId: hex(32).nullable(),
  policyDigest: hex(32),
  decision: z.enum(['allow', 'deny', 'delegate', 'take-back']),
  /** Reason codes; empty for an allow and a delegation. */
  reasons: z.array(z.string()),
});

export type LogEntry = z.infer<typeof logEntrySchema>;

/** What the first entry has before it. */
export const EMPTY_HEAD: Sha256 = `0x${'00'.repeat(32)}`;

/** The one line of an entry, without its line break. */
export const lineOf = (entry: LogEntry): string => canonicalJson(entry);

/** The digest that the next entry, the key release and the chain name. */
export const headOf = (entry: LogEntry): Sha256 => digestOf(utf8(lineOf(entry)));
