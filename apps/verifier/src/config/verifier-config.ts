import { resolve } from 'node:path';
import { assertProduction, parseAppraisalPolicy, vendorAnchors, type AppraisalPolicy } from '@encryptech/attestation';
import type { TrustAnchors } from '@encryptech/attestation';
import { fromHex, type Address } from '@encryptech/base';
import { readConfig, readNetworkFile, type NetworkFile } from '@encryptech/sdk/node';
import { readFile } from 'node:fs/promises';
import { z } from 'zod';

const address = z
  .string()
  .regex(/^0x[0-9a-fA-F]{40}$/, 'must be an address')
  .transform((text) => text as Address);
const httpUrl = z.url({ protocol: /^https?$/ });

/** The configuration file of a verifier. Paths are relative to the file. */
export const verifierConfigSchema = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'must be lower-case letters, digits and dashes'),
  /** Holds `subjects/`, `signed.jsonl` and `intents.jsonl`. */
  dir: z.string().min(1),
  networkFile: z.string().min(1),
  /** The key that holds the role VERIFIER, mode 0600. */
  keystore: z.string().min(1),
  passphraseFile: z.string().min(1).optional(),
  /** True refuses to start with a development anchor. */
  production: z.boolean(),
  /** The appraisal policy (JSON): all verifiers that shall agree have the same. */
  policyFile: z.string().min(1),
  /** A folder of vendors' documents: PCS bodies, certificates, revocation lists. Read anew at each look. */
  endorsementsDir: z.string().min(1).optional(),
  listen: z.strictObject({
    host: z.string().min(1).default('127.0.0.1'),
    port: z.number().int().min(0).max(65_535),
  }),
  /** The other verifiers. */
  peers: z
    .array(z.strictObject({ address, url: httpUrl }))
    .max(15)
    .default([]),
  /** Providers whose evidence is fetched from the start; the others are those that have posted evidence once. */
  providers: z
    .array(
      z.strictObject({
        subject: address,
        /** Where the chain says if left out. */
        url: httpUrl.optional(),
      }),
    )
    .max(10_000)
    .default([]),
  /** Measures the capacity of `providers`, all at the same random moments; nobody's where it is left out. Seconds. */
  capacity: z
    .strictObject({
      everySec: z.number().int().min(10).max(604_800).default(43_200),
      /** At most what the contract takes. */
      validSec: z.number().int().min(60).max(2_592_000).default(86_400),
    })
    .optional(),
  lookEverySec: z.number().int().min(1).max(3600).default(60),
  logLevel: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
});

export type VerifierConfigInput = z.input<typeof verifierConfigSchema>;

/** A checked configuration: absolute paths, network and policy read, roots pinned. */
export type VerifierConfig = Omit<z.output<typeof verifierConfigSchema>, 'networkFile' | 'policyFile'> & {
  network: NetworkFile;
  policy: AppraisalPolicy;
  anchors: TrustAnchors;
};

/**
 * The configuration in a file or object.
 *
 * @throws `sdk.badConfig` with the path of the first fault as `place`, `sdk.noFile`, `attestation.developmentAnchor`,
 * `attestation.badPolicy`
 */
export async function readVerifierConfig(source: string | VerifierConfigInput): Promise<VerifierConfig> {
  const { config, base } = await readConfig(verifierConfigSchema, source, 'verifier configuration');
  const { networkFile, policyFile, ...rest } = config;
  const at = (path: string) => resolve(base, path);
  const network = await readNetworkFile(at(networkFile));
  const { developmentAnchor: anchor } = network;
  const anchors: TrustAnchors = {
    vendor: vendorAnchors,
    development:
      anchor === undefined ? [] : [{ fingerprint: anchor.fingerprint, certificate: fromHex(anchor.certificate) }],
  };
  if (rest.production) assertProduction(anchors);
  return {
    ...rest,
    ...{ dir: at(rest.dir), keystore: at(rest.keystore), network, anchors },
    passphraseFile: rest.passphraseFile === undefined ? undefined : at(rest.passphraseFile),
    endorsementsDir: rest.endorsementsDir === undefined ? undefined : at(rest.endorsementsDir),
    policy: parseAppraisalPolicy(await readFile(at(policyFile), 'utf8')),
  };
}
