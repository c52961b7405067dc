import { z } from 'zod';

/** The gateway's configuration file. Relative paths start from the file's folder. */
export const gatewayConfigSchema = z.strictObject({
  /** Where payments and intents are written down. */
  dir: z.string().min(1),
  networkFile: z.string().min(1),
  /** Where it listens; port 0 takes any free one. The processor reaches it through a proxy that speaks TLS. */
  listen: z.strictObject({
    host: z.string().min(1).default('127.0.0.1'),
    port: z.number().int().min(0).max(65_535),
  }),
  /** Key store of an account with the role PROCESSOR, and the file with its passphrase. */
  keystore: z.string().min(1),
  passphraseFile: z.string().min(1).optional(),
  /** The webhook's signing secrets, one a line, mode 0600. */
  secretsFile: z.string().min(1),
  /** How often payments that wait are tried again. */
  retryMs: z.number().int().min(50).max(3_600_000).default(15_000),
  /** How often the chain is asked for new blocks; by default 100 on a local chain and 2,000 elsewhere. */
  pollMs: z.number().int().min(10).max(60_000).optional(),
});

export type GatewayConfig = z.output<typeof gatewayConfigSchema>;
