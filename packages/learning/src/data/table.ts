/** Rows as tensors, ready for a graph; all that a model may learn from. */
export interface Table {
  /** Row-major, `rows` × `width`. Where every feature is a picture, one byte an input, which stands for so many 255ths. */
  features: Float32Array | Uint8Array;
  /** Inputs of a model of this table: one a number, one for each value of a category, each entry of a picture, each token. */
  width: number;
  rows: number;
  task: 'classification' | 'regression';
  /** Class indexes for a classification; for a regression the target scaled to [-1, 1]. */
  targets: BigInt64Array | Float32Array;
  /** Outputs of a model of this table: the number of classes, or 1. */
  outputs: number;
  /** What 1 on the scale of a regression's targets is in the column's own unit: half its public range; 1 for a classification. */
  targetScale: number;
  /** What one privacy unit is: a row, or all rows of one value of the schema's unit column. */
  unit: 'row' | 'unit';
  /** Row indexes of each privacy unit, in the order in which units first appear. */
  units: number[][];
  /** How many cells of each column lay outside its public range. As private as the rows: it must not leave with a result. */
  clipped: Record<string, number>;
}
