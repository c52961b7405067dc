import { learningError } from '../errors.ts';
import type { TokensColumn } from './dataset-schema.ts';

/**
 * A function that puts a list of tokens, filled up with the column's padding, at `out[at…]`. No message quotes a token.
 *
 * @throws `learning.tooManyTokens`, `learning.unknownToken` at the place given with the list
 */
export function readTokens({ length, vocabulary, padding = 0 }: TokensColumn) {
  return (tokens: ArrayLike<number>, out: { [at: number]: number }, at: number, place: () => string): void => {
    if (tokens.length > length) {
      throw learningError({
        code: 'learning.tooManyTokens',
        message: `The list has more than the ${length} tokens that the schema declares.`,
        place: place(),
        hint: 'Cut it to the length, or declare a longer one.',
      });
    }
    for (let i = 0; i < length; i++) {
      const token = i < tokens.length ? tokens[i]! : padding;
      if (!Number.isSafeInteger(token) || token < 0 || token >= vocabulary) {
        throw learningError({
          code: 'learning.unknownToken',
          message: `Token ${i + 1} of the list is no whole number from 0 to ${vocabulary - 1}.`,
          place: place(),
          hint: 'Tokenise with the vocabulary that the schema declares.',
        });
      }
      out[at + i] = token;
    }
  };
}

/** The tokens of a cell of text: whole numbers with blanks or commas between them, in brackets or not. */
export function tokensOfText(cell: string): number[] {
  const inner = cell.startsWith('[') && cell.endsWith(']') ? cell.slice(1, -1).trim() : cell;
  if (inner === '') return [];
  return inner.split(/\s*,\s*|\s+/).map((token) => (/^\d{1,15}$/.test(token) ? Number(token) : Number.NaN));
}
