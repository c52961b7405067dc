import { canonicalJson, digestOf, fromHex, utf8, type Json } from '@encryptech/base';
import type { Column, DatasetSchema } from '../dataset-schema.ts';

/** The first bytes of packed rows. No text begins like this. */
export const ROWS_MAGIC = utf8('ENCROWS\u0000');

/** Bytes before the first record: magic 8, digest of the schema 32, number of rows u64. All numbers are little-endian. */
export const ROWS_HEADER = 8 + 32 + 8;

/** Where the parts of one record of a schema lie. */
export interface RowLayout {
  /** Bytes of a record. */
  size: number;
  /** Offset of each column, in the order of the schema. */
  offsets: number[];
  /** Offset of the unit's number (u32), or -1. */
  unit: number;
}

/** Records of fixed size: numbers as f64, categories as u32, pictures as bytes, tokens as u32, then the unit as u32. */
export function rowLayout({ columns, unit }: DatasetSchema): RowLayout {
  let size = 0;
  const offsets = columns.map((column) => {
    const at = size;
    size += bytesOf(column);
    return at;
  });
  if (unit === undefined) return { size, offsets, unit: -1 };
  return { size: size + 4, offsets, unit: size };
}

function bytesOf(column: Column): number {
  switch (column.type) {
    case 'number':
      return 8;
    case 'category':
      return 4;
    case 'image':
      return column.height * column.width * column.channels;
    case 'tokens':
      return 4 * column.length;
  }
}

/** Names the schema that rows were packed under: SHA-256 of its canonical JSON. */
export const schemaTag = (schema: DatasetSchema): Uint8Array =>
  fromHex(digestOf(utf8(canonicalJson(schema as unknown as Json))));
