import { parseSchema, readCsv } from '@encryptech/learning';
import type { Needle } from './needle-scanner.ts';

/**
 * The table with digits of its own in every number, so that no cell can be met by chance.
 *
 * @param random gives the next digit, 1 to 9
 */
export function markNumbers(csv: string, random: () => number): string {
  const [header, ...rows] = csv.trimEnd().split('\n');
  const digits = (): string => Array.from({ length: 6 }, () => String(random())).join('');
  const marked = rows.map((row) =>
    row
      .split(',')
      .map((cell) => (/^\d+$/.test(cell) ? `${cell}.${digits()}` : /^[\d.]+$/.test(cell) ? cell + digits() : cell))
      .join(','),
  );
  return `${[header, ...marked].join('\n')}\n`;
}

/**
 * Every way in which rows of the table could lie around: each row and each number as text, each number as a double, each two
 * neighbours as floats and doubles, as they are and as the graph sees them, little-endian and big-endian.
 */
export async function tableNeedles(csv: string, schemaJson: unknown): Promise<Needle[]> {
  const schema = parseSchema(schemaJson);
  const [header, ...rows] = csv.trimEnd().split('\n');
  const table = await readCsv(new TextEncoder().encode(csv), schema);
  const names = header!.split(',');
  const text = new TextEncoder();
  const needles = new Map<string, Needle>();
  const add = (name: string, bytes: Uint8Array): void => {
    if (bytes.length >= 8) needles.set(`${name} ${Buffer.from(bytes).toString('hex')}`, { name, bytes });
  };
  rows.forEach((row, number) => {
    const line = `row ${number + 2} of the table`;
    add(`${line} as text`, text.encode(row));
    const cells = row.split(',').filter((cell) => /^[\d.]+$/.test(cell));
    cells.forEach((cell, place) => {
      const name = `${line}, ${names[place]!}`;
      add(`${name}, as text`, text.encode(cell));
      add(`${name}, as text of a float`, text.encode(String(Math.fround(Number(cell)))));
      for (const bytes of doubles([Number(cell)])) add(`${name}, as a double`, bytes);
    });
    const asIs = cells.map(Number);
    const scaled = [...table.features.subarray(number * table.width, (number + 1) * table.width)];
    for (let place = 0; place + 1 < table.width; place++) {
      for (const values of [asIs, scaled]) {
        const pair = values.slice(place, place + 2);
        // What was clipped is the edge of the public range, in this row as in others.
        if (pair.some((value) => Math.abs(value) === 1 || value === 0)) continue;
        for (const bytes of [...floats(pair), ...doubles(pair)])
          add(`${line}, ${names[place]!} and its neighbour, as numbers`, bytes);
      }
    }
  });
  return [...needles.values()];
}

const floats = (values: readonly number[]): Buffer[] =>
  [true, false].map((little) => numbers(values, 4, (view, at, value) => view.setFloat32(at, value, little)));

const doubles = (values: readonly number[]): Buffer[] =>
  [true, false].map((little) => numbers(values, 8, (view, at, value) => view.setFloat64(at, value, little)));

function numbers(
  values: readonly number[],
  size: number,
  write: (view: DataView, at: number, value: number) => void,
): Buffer {
  const bytes = new Uint8Array(values.length * size);
  const view = new DataView(bytes.buffer);
  values.forEach((value, i) => write(view, i * size, value));
  return Buffer.from(bytes);
}
