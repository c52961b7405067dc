import { learningError } from '../../errors.ts';
import { categoryIndex } from '../cell-reader.ts';
import type { Column } from '../dataset-schema.ts';
import { readNumber } from '../read-number.ts';
import { readTokens, tokensOfText } from '../read-tokens.ts';
import { decodePicture } from '../sources/decode-picture.ts';
import type { RowValue } from './row.ts';

/**
 * A function from a cell, as text or as a Parquet file types it, to what the column says of the row. No message quotes a cell.
 *
 * @throws `learning.missingCell`, `learning.badCell`, `learning.nonFiniteCell`, `learning.unknownCategory`,
 * `learning.unknownLabel`, `learning.tooManyTokens`, `learning.unknownToken`, `learning.wrongImage`, `learning.malformedPng`
 */
export function rowValue(column: Column, { isTarget }: { isTarget: boolean }) {
  const read = readerOf(column, isTarget);
  return (cell: unknown, place: () => string): RowValue => {
    if (cell === null || cell === undefined || cell === '') {
      throw learningError({
        code: 'learning.missingCell',
        message: 'The cell is empty.',
        place: place(),
        hint: 'Fill the cell or leave the row out: how to fill gaps is for the owner of the data to say.',
      });
    }
    return read(cell, place);
  };
}

function readerOf(column: Column, isTarget: boolean): (cell: unknown, place: () => string) => RowValue {
  switch (column.type) {
    case 'number':
      return (cell, place) => {
        if (typeof cell === 'string') return readNumber(cell, place);
        const value = typeof cell === 'bigint' || typeof cell === 'boolean' ? Number(cell) : cell;
        if (typeof value !== 'number') throw badCell('a number', place);
        if (Number.isFinite(value)) return value;
        throw learningError({
          code: 'learning.nonFiniteCell',
          message: 'The cell is not a finite number.',
          place: place(),
          hint: 'Leave out rows with missing or infinite values, or fill them in by a public rule.',
        });
      };
    case 'category': {
      const index = categoryIndex(column.values, isTarget ? 'learning.unknownLabel' : 'learning.unknownCategory');
      return (cell, place) => {
        if (typeof cell === 'object') throw badCell('a category', place);
        return index(String(cell), place);
      };
    }
    case 'tokens': {
      const read = readTokens(column);
      return (cell, place) => {
        const tokens = new Uint32Array(column.length);
        if (typeof cell === 'string') read(tokensOfText(cell), tokens, 0, place);
        else if (Array.isArray(cell) || ArrayBuffer.isView(cell)) {
          // Anything but a number becomes NaN, which is in no vocabulary.
          const list = Array.from(cell as ArrayLike<unknown>, (token) =>
            typeof token === 'number' || typeof token === 'bigint' ? Number(token) : Number.NaN,
          );
          read(list, tokens, 0, place);
        } else throw badCell('a list of tokens', place);
        return tokens;
      };
    }
    case 'image':
      return (cell, place) => {
        // Collections of pictures in Parquet are often {bytes, path}.
        const bytes = cell instanceof Uint8Array ? cell : (cell as { bytes?: unknown }).bytes;
        if (!(bytes instanceof Uint8Array)) throw badCell('the bytes of a picture', place);
        return decodePicture(bytes, column, place);
      };
  }
}

const badCell = (wanted: string, place: () => string) =>
  learningError({ code: 'learning.badCell', message: `The cell is not ${wanted}.`, place: place() });
