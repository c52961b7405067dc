/**
 * What one column says of one row, read and checked: a finite number, the place of a category among its values, the entries of
 * a picture (channel after channel), or tokens filled up to the column's length.
 */
export type RowValue = number | Uint8Array | Uint32Array;

/** One row of any source, in the order of the schema's columns. Numbers are as measured: neither clipped nor scaled yet. */
export interface Row {
  values: RowValue[];
  /** Whose row it is, where the schema names a unit. */
  unit?: string | undefined;
}
