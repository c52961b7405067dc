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
