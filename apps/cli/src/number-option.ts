import { cliError } from './errors.ts';

/**
 * The number in a command-line option.
 *
 * @throws `cli.badOption`
 */
export function numberOption(flag: string, text: string): number {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (!Number.isFinite(value)) {
    throw cliError({
      code: 'cli.badOption',
      message: `"${text}" is not a number.`,
      place: flag,
      hint: `Give ${flag} a number, such as 1.5 or 1e-5.`,
    });
  }
  return value;
}

/**
 * The whole number ≥ 1 in a command-line option.
 *
 * @throws `cli.badOption`
 */
export function wholeNumberOption(flag: string, text: string): number {
  const value = numberOption(flag, text);
  if (!Number.isSafeInteger(value) || value < 1) {
    throw cliError({
      code: 'cli.badOption',
      message: `"${text}" is not a whole number of at least 1.`,
      place: flag,
      hint: `Give ${flag} a number such as 10.`,
    });
  }
  return value;
}
