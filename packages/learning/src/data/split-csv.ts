import { digestOf, utf8 } from '@encryptech/base';
import { learningError } from '../errors.ts';
import { readRecords, type ByteSource } from './read-records.ts';

export interface SplitCsvOptions {
  /** Which split: equal seeds give equal splits on every machine. Public, it protects nothing. */
  seed: string;
  /** Share of the rows (of the units, if `unit` is given) that goes to `test`; rounded to the nearest whole number. */
  testShare: number;
  /** A column whose equal cells stay on one side, so that no patient is in both. */
  unit?: string;
}

/**
 * A CSV file cut in two, each part with the header and in the file's order. A row's side follows from the seed and its
 * number alone: those with the smallest SHA-256 of `seed/number` are the test.
 *
 * @throws `learning.missingColumn` when the header lacks `unit`, and what reading CSV throws
 */
export async function splitCsv(
  source: ByteSource,
  { seed, testShare, unit }: SplitCsvOptions,
): Promise<{ train: Uint8Array; test: Uint8Array }> {
  const lines: string[] = [];
  const unitOf: number[] = [];
  const numbers = new Map<string, number>();
  let unitPlace = -1;
  let header = '';
  for await (const { cells } of readRecords(source, 2 ** 30)) {
    if (header === '') {
      header = lineOf(cells);
      if (unit === undefined) continue;
      unitPlace = cells.indexOf(unit);
      if (unitPlace < 0) {
        throw learningError({ code: 'learning.missingColumn', message: `The table has no column "${unit}".` });
      }
      continue;
    }
    const key = unitPlace < 0 ? String(lines.length) : (cells[unitPlace] ?? '');
    if (!numbers.has(key)) numbers.set(key, numbers.size);
    unitOf.push(numbers.get(key)!);
    lines.push(lineOf(cells));
  }
  const ranked = Array.from({ length: numbers.size }, (_, i) => ({ i, key: digestOf(utf8(`${seed}/${i}`)) }));
  ranked.sort((a, b) => (a.key < b.key ? -1 : 1));
  const isTest = new Set(ranked.slice(0, Math.round(testShare * numbers.size)).map(({ i }) => i));
  const part = (test: boolean) => utf8(header + lines.filter((_, row) => isTest.has(unitOf[row]!) === test).join(''));
  return { train: part(false), test: part(true) };
}

const lineOf = (cells: string[]): string =>
  `${cells.map((cell) => (/[",\r\n]|^\s|\s$/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(',')}\n`;
