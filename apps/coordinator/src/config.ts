import { z } from 'zod';

/** The coordinator's configuration file. Relative paths start from the file's folder. */
export const coordinatorConfigSchema = z.strictObject({
  /** Where the blobs lie, and the database unless DATABASE_URL names a server. */
  dir: z.string().min(1),
  networkFile: z.string().min(1),
  /** Where it listens; port 0 takes any free one. */
  listen: z.strictObject({
    host: z.string().min(1).default('127.0.0.1'),
    port: z.number().int().min(0).max(65_535),
  }),
  /** The matcher's key store, and the file with its passphrase. */
  keystore: z.string().min(1),
  passphraseFile: z.string().min(1).optional(),
  /** How often deadlines are looked at. */
  tickMs: z.number().int().min(100).max(60_000).default(1_000),
  /** How often the market is cleared when nothing happened; what comes in or happens on the chain clears it at once. */
  recheckMs: z.number().int().min(100).max(600_000).default(10_000),
  /** How often fees are sent to the treasury at most, and how often what has time is looked at. */
  collectFeesSec: z.number().int().min(10).max(604_800).default(3_600),
  upkeepMs: z.number().int().min(100).max(3_600_000).default(20_000),
  /**
   * Whether it proposes faults that the chain's clock alone proves, with bonds of its own ENC; and for how many epochs it says
   * no more of a provider that it reported as away. Epochs of an embedded network are short.
   */
  faults: z
    .strictObject({ propose: z.boolean().default(true), restEpochs: z.number().int().min(0).max(100_000).default(0) })
    .default({ propose: true, restEpochs: 0 }),
  /** How often the chain is asked for new blocks; by default 100 on a local chain and 2,000 elsewhere. */
  pollMs: z.number().int().min(10).max(60_000).optional(),
  maxBlobBytes: z
    .number()
    .int()
    .min(1_024)
    .default(2 ** 30),
  /** Blobs are refused when the disk has less room than that. */
  minFreeDiskBytes: z
    .number()
    .int()
    .min(0)
    .default(2 ** 30),
  /** Requests a minute of one address; blobs are counted apart. */
  requestsPerMinute: z.number().int().min(1).default(1_200),
  /** The address of a request is what the proxy in front wrote last into X-Forwarded-For. */
  behindProxy: z.boolean().default(false),
});

export type CoordinatorConfig = z.output<typeof coordinatorConfigSchema>;
