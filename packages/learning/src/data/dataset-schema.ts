/** A public map from a column's unit of measure to the scale on which its range is cut into equal parts. */
export type Transform = 'linear' | 'sqrt' | 'log';

/**
 * A number column. `min` and `max` are public: they come from what the column measures, never from the private rows.
 * Values outside are clipped to the range, then `transform` is applied, then the range is mapped to [-1, 1].
 */
export interface NumberColumn {
  name: string;
  type: 'number';
  min: number;
  max: number;
  /** `linear` if left out; `sqrt` needs `min` ≥ 0, `log` needs `min` > 0. */
  transform?: Transform | undefined;
}

/** A column of one of a few public values; a feature becomes one 0/1 input for each of them, in this order. */
export interface CategoryColumn {
  name: string;
  type: 'category';
  values: string[];
}

export type Column = NumberColumn | CategoryColumn;

/** What a table holds, said in public before anybody sees a row. */
export interface DatasetSchema {
  version: 1;
  name: string;
  /** Feature columns in the order of the model's inputs, and the target column, at any place. */
  columns: Column[];
  /** Classes are numbered in the order of the target column's values. */
  target: { column: string; task: 'classification' | 'regression' };
  /** A column (such as a patient's number) whose equal cells make one privacy unit; it is no feature. Each row is a unit if left out. */
  unit?: string | undefined;
}
