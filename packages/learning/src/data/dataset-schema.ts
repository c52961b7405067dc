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

/** Pictures of one size: `height` × `width` × `channels` inputs, channel after channel (as PyTorch has them), each a byte over 255. */
export interface ImageColumn {
  name: string;
  type: 'image';
  height: number;
  width: number;
  /** 1 for grey, 3 for red, green, blue. */
  channels: 1 | 3;
}

/** Lists of tokens: `length` inputs, the numbers of the tokens as they are; shorter lists are filled up with `padding`. */
export interface TokensColumn {
  name: string;
  type: 'tokens';
  /** Tokens a list has at most. */
  length: number;
  /** Tokens are whole numbers from 0 to below this. Public: the vocabulary must not be counted from the private texts. */
  vocabulary: number;
  /** The token after the end of a short list; 0 if left out. */
  padding?: number | undefined;
}

export type Column = NumberColumn | CategoryColumn | ImageColumn | TokensColumn;

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
