import { learningError } from '../errors.ts';
import type { Column } from './dataset-schema.ts';
import { readNumber } from './read-number.ts';
import { readTokens, tokensOfText } from './read-tokens.ts';
import { scaleNumber } from './scale-number.ts';

/** Reads the cells of one column; `place` names the cell in errors. */
export interface CellReader {
  /** How many inputs the column becomes. */
  width: number;
  /** Writes the column's inputs at `out[at…]`; true when the value lay outside the public range and was clipped. */
  write(cell: string, out: Float32Array, at: number, place: () => string): boolean;
}

/**
 * The reader of a feature column: a number scaled to [-1, 1], one 0/1 input for each category, or the tokens of a list.
 *
 * @throws `learning.unfitSource` for pictures, which no cell of text holds
 */
export function cellReader(column: Column): CellReader {
  if (column.type === 'image') {
    throw learningError({
      code: 'learning.unfitSource',
      message: 'A CSV file has no pictures.',
      place: `column "${column.name}"`,
      hint: 'Publish IDX files, a folder of PNG files or a Parquet file.',
    });
  }
  if (column.type === 'tokens') {
    const read = readTokens(column);
    return {
      width: column.length,
      write(cell, out, at, place) {
        read(tokensOfText(cell), out, at, place);
        return false;
      },
    };
  }
  if (column.type === 'category') {
    const index = categoryIndex(column.values, 'learning.unknownCategory');
    return {
      width: column.values.length,
      write(cell, out, at, place) {
        out[at + index(cell, place)] = 1;
        return false;
      },
    };
  }
  const scale = scaleNumber(column);
  return {
    width: 1,
    write(cell, out, at, place) {
      const value = readNumber(cell, place);
      out[at] = scale(value);
      return value < column.min || value > column.max;
    },
  };
}

/** A function from a cell to its place among the public values. */
export function categoryIndex(values: string[], code: 'learning.unknownCategory' | 'learning.unknownLabel') {
  const indexes = new Map(values.map((value, i) => [value, i]));
  return (cell: string, place: () => string): number => {
    const index = indexes.get(cell);
    if (index !== undefined) return index;
    throw learningError({
      code,
      message: `The cell is none of the ${values.length} values that the schema lists.`,
      place: place(),
      hint: `The schema lists: ${values.slice(0, 20).join(', ')}${values.length > 20 ? ', …' : ''}`,
    });
  };
}
