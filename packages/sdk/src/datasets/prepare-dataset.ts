import { digestOf, utf8, canonicalJson, type Address, type DatasetId, type Hex, type Json } from '@encryptech/base';
import { parseSchema, readTable } from '@encryptech/learning';
import {
  TRAINING_MECHANISMS,
  datasetIdOf,
  parseDatasetManifest,
  parseReleasePolicy,
  releasePolicyDigest,
  type DatasetManifest,
  type ReleasePolicy,
} from '@encryptech/protocol';
import { deriveDataKey, encryptFile } from '@encryptech/sealing';
import { sdkError } from '../errors.ts';

export interface PrepareDatasetOptions {
  owner: Address;
  name: string;
  /** The data in the clear, CSV or packed rows (`packDataset` of `@encryptech/learning/sources`); it stays in this process. */
  table: Uint8Array;
  /** The public schema as JSON: columns, public ranges, target, unit. */
  schema: unknown;
  /** A public figure for sizing batches. Choose a round number: it is not a count of the private rows. */
  nominalRows: number;
  /** The dataset's budget for all time. */
  epsilonCap: number;
  /** k of delta = 10^-k. */
  deltaExponent: number;
  /** What neighbouring datasets are, for the budget and every job; `add-or-remove-one` if left out. */
  adjacency?: DatasetManifest['adjacency'];
  /** What one job pays to the owner, wei. */
  fee: bigint;
  policy: Pick<ReleasePolicy, 'developers' | 'minLevel' | 'maxEpsilonPerJob' | 'measurements' | 'until'>;
  /** 32 fresh random bytes; all keys of the dataset follow from them. */
  secret: Uint8Array;
}

/** A dataset ready to be published: what stays with the owner, and what goes out. */
export interface PreparedDataset {
  id: DatasetId;
  manifest: DatasetManifest;
  policy: ReleasePolicy;
  /** Stays with the owner. */
  secret: Uint8Array;
  /** Goes to the blob store: nobody reads it without the secret. */
  ciphertext: Uint8Array;
  /** Cells outside their public range, which training clips. For the owner's eyes: it depends on the private rows. */
  clippedCells: number;
  /** Rows of the table. For the owner's eyes. */
  rows: number;
}

/**
 * A dataset, checked against its schema and encrypted. Nothing leaves this process.
 *
 * @throws `learning.…` with line and column for a table that does not fit, `sdk.badOption`, `protocol.badDocument`
 */
export async function prepareDataset(options: PrepareDatasetOptions): Promise<PreparedDataset> {
  const schema = parseSchema(options.schema);
  const table = await readTable(options.table, schema);
  const epsilonCapMicro = Math.floor(options.epsilonCap * 1e6);
  if (!(epsilonCapMicro >= 1)) {
    throw sdkError({
      code: 'sdk.badOption',
      message: 'The epsilon cap must be at least 0.000001.',
      place: 'epsilonCap',
    });
  }
  const ciphertext = await encryptFile(deriveDataKey(options.secret), options.table);
  const blob = digestOf(ciphertext);
  const id = datasetIdOf(options.owner, blob);
  const policy = parseReleasePolicy({
    version: 1,
    dataset: id,
    purposes: ['train'],
    mechanisms: [...TRAINING_MECHANISMS],
    ...options.policy,
  });
  const manifest = parseDatasetManifest({
    version: 1,
    name: options.name,
    owner: options.owner,
    blob,
    bytes: ciphertext.length,
    schemaDigest: digestOf(utf8(canonicalJson(options.schema as Json))),
    schema: options.schema,
    nominalRows: options.nominalRows,
    unit: schema.unit === undefined ? 'row' : 'unit',
    epsilonCapMicro,
    deltaExponent: options.deltaExponent,
    ...(options.adjacency === undefined ? {} : { adjacency: options.adjacency }),
    fee: options.fee.toString(),
    minLevel: policy.minLevel,
    policyDigest: releasePolicyDigest(policy),
  });
  const clippedCells = Object.values(table.clipped as Record<string, number>).reduce((sum, cells) => sum + cells, 0);
  return { id, manifest, policy, secret: options.secret, ciphertext, clippedCells, rows: table.rows };
}

/** The unit of privacy as `Datasets.register` holds it: the digest of the unit column's name, or zero for rows. */
export const unitDigest = (manifest: DatasetManifest): Hex => {
  const unit = manifest.schema['unit'];
  return typeof unit === 'string' ? digestOf(utf8(unit)) : `0x${'00'.repeat(32)}`;
};
