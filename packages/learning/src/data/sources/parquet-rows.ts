import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib';
import { parquetMetadataAsync, parquetReadObjects, type AsyncBuffer, type FileMetaData } from 'hyparquet';
import { isEncryptechError } from '@encryptech/base';
import { learningError } from '../../errors.ts';
import type { DatasetSchema } from '../dataset-schema.ts';
import { matchNames } from '../match-header.ts';
import type { Row } from '../rows/row.ts';
import { rowValue } from '../rows/row-value.ts';

// Rows that are decoded at once.
const CHUNK = 4096;

type Unpack = (bytes: Uint8Array, options: { maxOutputLength: number }) => Uint8Array;
// Node's own; a page that unpacks to more than it declares is refused.
const unpacking = (unpack: Unpack) => (input: Uint8Array, outputLength: number) =>
  unpack(input, { maxOutputLength: Math.max(1, outputLength) });
const compressors = {
  BROTLI: unpacking(brotliDecompressSync),
  GZIP: unpacking(gunzipSync),
  ZSTD: unpacking(zstdDecompressSync),
};

/**
 * Rows of a Parquet file (uncompressed, or with Snappy, GZIP, ZSTD or Brotli), some thousands in memory at a time. Columns are matched by name:
 * numbers and categories from plain columns, tokens from lists of whole numbers, pictures from PNG files in binary columns or
 * in `{bytes, path}`.
 *
 * @throws `learning.malformedParquet`, `learning.unsupportedCompression`, `learning.missingColumn`, `learning.extraColumn`, and what a cell throws at its row and
 * column
 */
export async function* parquetRows(file: AsyncBuffer, schema: DatasetSchema): AsyncGenerator<Row> {
  const { columns, target, unit } = schema;
  const metadata = await failing(() => parquetMetadataAsync(file));
  const names = topLevelNames(metadata);
  matchNames(names, [...columns.map(({ name }) => name), ...(unit === undefined ? [] : [unit])], 1);
  checkCompression(metadata, names);
  const readers = columns.map((column) => rowValue(column, { isTarget: column.name === target.column }));
  const rows = Number(metadata.num_rows);
  for (let rowStart = 0; rowStart < rows; rowStart += CHUNK) {
    const rowEnd = Math.min(rows, rowStart + CHUNK);
    const read = () => parquetReadObjects({ file, metadata, compressors, rowStart, rowEnd, utf8: false });
    for (const [i, cells] of (await failing(read)).entries()) {
      const row = rowStart + i + 1;
      const values = columns.map(({ name }, k) => readers[k]!(cells[name], () => `row ${row}, column "${name}"`));
      yield { values, ...(unit === undefined ? {} : { unit: unitOf(cells[unit], row, unit) }) };
    }
  }
}

/** Compressions that are read: Node's own, and Snappy, which the reader brings along. */
const READ = new Set(['UNCOMPRESSED', 'SNAPPY', ...Object.keys(compressors)]);

function checkCompression({ row_groups }: FileMetaData, names: readonly string[]): void {
  for (const { columns } of row_groups) {
    for (const { meta_data } of columns) {
      if (meta_data === undefined || READ.has(meta_data.codec)) continue;
      const name = meta_data.path_in_schema[0] ?? '';
      throw learningError({
        code: 'learning.unsupportedCompression',
        message: `The Parquet file is compressed with ${meta_data.codec}, which is not read here.`,
        // Only names that the schema has too: others are bytes of a file.
        ...(names.includes(name) ? { place: `column "${name}"` } : {}),
        hint: 'Write it again with compression "zstd", "snappy", "gzip", "brotli" or "none".',
      });
    }
  }
}

function topLevelNames({ schema }: FileMetaData): string[] {
  const names: string[] = [];
  let at = 1;
  const skip = (): void => {
    const children = schema[at++]?.num_children ?? 0;
    for (let child = 0; child < children; child++) skip();
  };
  while (at < schema.length) {
    names.push(schema[at]!.name);
    skip();
  }
  return names;
}

function unitOf(cell: unknown, row: number, unit: string): string {
  if (typeof cell === 'string' || typeof cell === 'number' || typeof cell === 'bigint') return String(cell);
  throw learningError({
    code: cell === null || cell === undefined ? 'learning.missingCell' : 'learning.badCell',
    message: 'The cell names no unit: it must be text or a number.',
    place: `row ${row}, column "${unit}"`,
  });
}

async function failing<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isEncryptechError(error)) throw error;
    throw learningError({
      code: 'learning.malformedParquet',
      message: 'The Parquet file is damaged, or of a kind that is not read here.',
      hint: 'Write it with compression "snappy", "zstd" or "none", and without encryption.',
    });
  }
}
