import { resolve } from 'node:path';
import { readConfig, readNetworkFile, type NetworkFile } from '@encryptech/sdk/node';
import { z } from 'zod';

const whole = (max: bigint) =>
  z
    .union([z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER), z.string().regex(/^(0|[1-9][0-9]{0,38})$/)])
    .transform(BigInt)
    .refine((value) => value <= max, `must be at most ${max}`);
const UINT64 = 2n ** 64n - 1n;

/** A provider's configuration file. Paths are relative to the file. */
export const providerConfigSchema = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'must be lower-case letters, digits and dashes'),
  /** State of the daemon: intents, job folders. */
  dir: z.string().min(1),
  networkFile: z.string().min(1),
  /** Where the daemon listens; port 0 takes any free one. */
  listen: z.strictObject({ host: z.string().min(1), port: z.number().int().min(0).max(65_535) }),
  /** Where others reach it, as registered on chain. */
  publicUrl: z.url({ protocol: /^https?$/ }).max(256),
  /** Least price of a unit of work, in wei. */
  ask: whole(2n ** 128n - 1n),
  /** Micro-units of work a second, as registered on chain. */
  speed: whole(UINT64),
  /** Most work of one job, in micro-units. */
  maxUnits: whole(UINT64),
  maxDurationSec: z
    .number()
    .int()
    .min(1)
    .max(2 ** 32 - 1),
  /** Enclave workers at the same time. */
  workers: z.number().int().min(1).max(64).default(1),
  keystore: z.string().min(1),
  passphraseFile: z.string().min(1).optional(),
  /** 32 bytes as hex: the development PKI that signs the evidence of software enclaves. */
  developmentPkiSeedFile: z.string().min(1).optional(),
  /** Threads of one training: enough work for several is cut into as many graph calls at a time. The result has the same bits. */
  threads: z.number().int().min(1).max(256).default(1),
  /** Most memory of one worker. */
  workerMemoryMiB: z.number().int().min(256).max(1_048_576).default(2048),
  /** How long an offer is valid; it is renewed when half of that has passed. */
  offerValidSec: z
    .number()
    .int()
    .min(60)
    .max(30 * 86_400)
    .default(3600),
  /** When the daemon fetches what the provider earned from emission. */
  claims: z
    .strictObject({
      /** `dry-run` says in the log what it would do; `off` leaves it to `encryptech rewards claim`. */
      mode: z.enum(['on', 'dry-run', 'off']).default('on'),
      /** What waits must be worth that many times the gas that fetching it costs. */
      worthTimes: z.number().int().min(1).max(1_000_000).default(20),
      /** What one coin of the chain, which pays for gas, is worth in wei of ENC; by default 10,000 ENC. */
      encPerCoin: whole(10n ** 30n).default(10n ** 22n),
    })
    .prefault({}),
  logLevel: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
});

export type ProviderConfigInput = z.input<typeof providerConfigSchema>;

/** A checked configuration: absolute paths, amounts as bigint, the network read. */
export type ProviderConfig = Omit<z.output<typeof providerConfigSchema>, 'networkFile'> & { network: NetworkFile };

/**
 * The configuration in a file or object.
 *
 * @throws `sdk.badConfig` with the path of the first fault as `place`, `sdk.noFile`
 */
export async function readProviderConfig(source: string | ProviderConfigInput): Promise<ProviderConfig> {
  const { config, base } = await readConfig(providerConfigSchema, source, 'provider configuration');
  const { networkFile, ...rest } = config;
  const at = (path: string) => resolve(base, path);
  return {
    ...rest,
    dir: at(rest.dir),
    keystore: at(rest.keystore),
    passphraseFile: rest.passphraseFile === undefined ? undefined : at(rest.passphraseFile),
    developmentPkiSeedFile: rest.developmentPkiSeedFile === undefined ? undefined : at(rest.developmentPkiSeedFile),
    network: await readNetworkFile(at(networkFile)),
  };
}
