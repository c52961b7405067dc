import { learningError } from '../errors.ts';

/**
 * Checks that a graph whose input has these dimensions (the batch first) takes rows of `width` numbers.
 *
 * @throws `learning.mismatch`
 */
export function checkWidth(dims: readonly (number | string)[], width: number): void {
  const size = dims.slice(1).reduce<number>((product, dim) => product * Number(dim), 1);
  if (size === width) return;
  throw learningError({
    code: 'learning.mismatch',
    message: `The model takes ${size} numbers an example; a row of the table has ${width}.`,
    hint: 'Make the model for the schema of the dataset: one input a number column, one for each category.',
    data: { model: size, table: width },
  });
}
