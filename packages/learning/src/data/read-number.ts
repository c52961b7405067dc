import { learningError } from '../errors.ts';

const decimal = /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/;
const notFinite = /^[+-]?(nan|inf|infinity)$/i;

/**
 * The finite number that a cell writes in decimal, such as `12`, `-0.5` or `1.5e-3`. The message does not quote the cell.
 *
 * @throws `learning.badCell`, `learning.nonFiniteCell` at `place`
 */
export function readNumber(cell: string, place: () => string): number {
  const value = Number(cell);
  if (decimal.test(cell) && Number.isFinite(value)) return value;
  if (decimal.test(cell) || notFinite.test(cell)) {
    throw learningError({
      code: 'learning.nonFiniteCell',
      message: 'The cell is not a finite number.',
      place: place(),
      hint: 'Leave out rows with missing or infinite values, or fill them in by a public rule.',
    });
  }
  throw learningError({
    code: 'learning.badCell',
    message: 'The cell is not a decimal number.',
    place: place(),
    hint: 'Write numbers with a point and without thousands separators, such as 1234.5',
  });
}
