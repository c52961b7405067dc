import { z } from 'zod';
import type { Json, Sha256 } from '@encryptech/base';
import { digestDocument } from './digest-document.ts';
import { parseDocument } from './parse-document.ts';
import { addressSchema, bytes32Schema, decimalSchema, levelSchema, lineSchema, wholeSchema } from './scalars.ts';

/** What a dataset's owner makes public about it. Its digest is registered on chain. Closed: unknown fields are errors. */
export const datasetManifestSchema = z
  .strictObject({
    version: z.literal(1),
    name: lineSchema(100),
    owner: addressSchema,
    /** Digest and size of the encrypted file. */
    blob: bytes32Schema,
    bytes: wholeSchema(1, Number.MAX_SAFE_INTEGER),
    /** Digest of `schema`. */
    schemaDigest: bytes32Schema,
    /** Columns, public ranges and target; `learning` reads it. */
    schema: z.record(
      z.string(),
      z.custom<Json>((value) => value !== undefined),
    ),
    /** The owner's public figure for sizing batches; not a count of the private rows. */
    nominalRows: wholeSchema(1, Number.MAX_SAFE_INTEGER),
    /** Who is protected: `unit` when the schema names a unit column, else `row`. */
    unit: z.enum(['row', 'unit']),
    /**
     * What neighbouring datasets are, for all jobs on this one: a ledger adds up losses of one relation.
     * `add-or-remove-one` if left out.
     */
    adjacency: z.enum(['add-or-remove-one', 'replace-one']).optional(),
    /** The dataset's privacy budget for all time: epsilon × 10^6 at delta = 10^-deltaExponent; at most 100. */
    epsilonCapMicro: wholeSchema(1, 100_000_000),
    deltaExponent: wholeSchema(1, 18),
    /** What one job pays to the owner, in wei. */
    fee: decimalSchema(128),
    minLevel: levelSchema,
    /** Digest of the {@link ReleasePolicy}. */
    policyDigest: bytes32Schema,
  })
  .superRefine((manifest, context) => {
    if ((manifest.unit === 'unit') !== (typeof manifest.schema['unit'] === 'string')) {
      context.addIssue({
        code: 'custom',
        path: ['unit'],
        message: 'must be "unit" exactly when the schema names a unit column',
      });
    }
    if (digestDocument(manifest.schema) !== manifest.schemaDigest) {
      context.addIssue({ code: 'custom', path: ['schemaDigest'], message: 'must be the digest of the schema' });
    }
  });

export type DatasetManifest = z.infer<typeof datasetManifestSchema>;

/**
 * The dataset manifest in a JSON value.
 *
 * @throws `protocol.badDocument` with `place` = path of the first fault
 */
export const parseDatasetManifest = (value: unknown): DatasetManifest =>
  parseDocument(datasetManifestSchema, 'DatasetManifest', value);

/** What neighbouring datasets are, for every job on this dataset. */
export const datasetAdjacency = ({
  adjacency,
}: Pick<DatasetManifest, 'adjacency'>): 'add-or-remove-one' | 'replace-one' => adjacency ?? 'add-or-remove-one';

/** The manifest's digest, as registered on chain. */
export const datasetManifestDigest = (manifest: DatasetManifest): Sha256 => digestDocument(manifest);
