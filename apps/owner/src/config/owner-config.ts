import { resolve } from 'node:path';
import { assertProduction } from '@encryptech/attestation';
import { readConfig, readNetworkFile, type NetworkFile } from '@encryptech/sdk/node';
import { z } from 'zod';
import { anchorsOf } from './anchors-of.ts';

/** The configuration file of an owner's agent. Paths are relative to the file. */
export const ownerConfigSchema = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'must be lower-case letters, digits and dashes'),
  /** Holds `datasets/`, `releases/` and `release-log.jsonl`. */
  dir: z.string().min(1),
  networkFile: z.string().min(1),
  keystore: z.string().min(1),
  /** Folder of vendors' documents, in any format, read anew at each release; hardware enclaves that need them get no key without. */
  endorsementsDir: z.string().min(1).optional(),
  /** What keys are sealed by: X25519, or X-Wing (X25519 with ML-KEM-768), which also holds against quantum computers. */
  kem: z.enum(['x25519', 'x-wing']).default('x25519'),
  passphraseFile: z.string().min(1).optional(),
  /** True refuses to start with a development anchor: only hardware enclaves then get keys. */
  production: z.boolean(),
  /** How long a grant is valid; it is renewed when half of that has passed. */
  grantValidSec: z
    .number()
    .int()
    .min(60)
    .max(30 * 86_400)
    .default(86_400),
  /** How often the head of the release log goes on chain, when it has changed. 0 = never. */
  anchorLogEverySec: z.number().int().min(0).default(3600),
  logLevel: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
});

export type OwnerConfigInput = z.input<typeof ownerConfigSchema>;

/** A checked configuration: absolute paths, the network read. */
export type OwnerConfig = Omit<z.output<typeof ownerConfigSchema>, 'networkFile'> & { network: NetworkFile };

/**
 * The configuration in a file or object.
 *
 * @throws `sdk.badConfig` with the path of the first fault as `place`, `sdk.noFile`, `attestation.developmentAnchor`
 */
export async function readOwnerConfig(source: string | OwnerConfigInput): Promise<OwnerConfig> {
  const { config, base } = await readConfig(ownerConfigSchema, source, 'owner configuration');
  const { networkFile, ...rest } = config;
  const at = (path: string) => resolve(base, path);
  const network = await readNetworkFile(at(networkFile));
  if (rest.production) assertProduction(anchorsOf(network));
  return {
    ...rest,
    dir: at(rest.dir),
    keystore: at(rest.keystore),
    endorsementsDir: rest.endorsementsDir === undefined ? undefined : at(rest.endorsementsDir),
    passphraseFile: rest.passphraseFile === undefined ? undefined : at(rest.passphraseFile),
    network,
  };
}
