import { resolve } from 'node:path';
import { readConfig, readNetworkFile, type NetworkFile } from '@encryptech/sdk/node';
import { z } from 'zod';

/** The configuration file of a delegate's host. Paths are relative to the file. */
export const delegateHostConfigSchema = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'must be lower-case letters, digits and dashes'),
  /** Holds `delegates/OWNER/`: log and how far the chain was read. No secrets. */
  dir: z.string().min(1),
  networkFile: z.string().min(1),
  /** Where the host listens; port 0 takes any free one. */
  listen: z.strictObject({ host: z.string().min(1), port: z.number().int().min(0).max(65_535) }),
  /** Whose delegates it runs: an empty list runs none. */
  owners: z.array(z.string().regex(/^0x[0-9a-fA-F]{40}$/, 'must be an address')).max(1_000),
  /** 32 bytes as hex: the development PKI that signs the evidence of software enclaves. */
  developmentPkiSeedFile: z.string().min(1).optional(),
  /** Most memory of one delegate. */
  workerMemoryMiB: z.number().int().min(256).max(65_536).default(1024),
  logLevel: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
});

export type DelegateHostConfigInput = z.input<typeof delegateHostConfigSchema>;

/** A checked configuration: absolute paths, the network read. */
export type DelegateHostConfig = Omit<z.output<typeof delegateHostConfigSchema>, 'networkFile'> & {
  network: NetworkFile;
};

/**
 * The configuration in a file or object.
 *
 * @throws `sdk.badConfig` with the path of the first fault as `place`, `sdk.noFile`
 */
export async function readDelegateHostConfig(source: string | DelegateHostConfigInput): Promise<DelegateHostConfig> {
  const { config, base } = await readConfig(delegateHostConfigSchema, source, 'delegate configuration');
  const { networkFile, developmentPkiSeedFile: seed, ...rest } = config;
  const at = (path: string) => resolve(base, path);
  return {
    ...rest,
    dir: at(rest.dir),
    developmentPkiSeedFile: seed === undefined ? undefined : at(seed),
    network: await readNetworkFile(at(networkFile)),
  };
}
