import { decryptStream, encryptFile } from '@encryptech/sealing';
import { utf8 } from '@encryptech/base';
import { describe, expect, test } from 'vitest';
import { readTable } from '../read-table.ts';
import { readCsv } from '../read-csv.ts';
import { parseSchema } from '../parse-schema.ts';
import { packRows, paddedLength } from './pack-rows.ts';
import { readPackedRows } from './read-packed-rows.ts';
import type { Row } from './row.ts';

const label = { name: 'label', type: 'category', values: ['no', 'yes'] };
const target = { column: 'label', task: 'classification' };
const mixed = parseSchema({
  version: 1,
  name: 'mixed',
  columns: [
    { name: 'age', type: 'number', min: 0, max: 100 },
    { name: 'blood', type: 'category', values: ['a', 'b', 'o'] },
    label,
    { name: 'text', type: 'tokens', length: 3, vocabulary: 50 },
    { name: 'scan', type: 'image', height: 1, width: 2, channels: 1 },
  ],
  target,
  unit: 'person',
});
const rows: Row[] = [
  { values: [50, 2, 1, Uint32Array.of(7, 8, 0), Uint8Array.of(0, 255)], unit: 'x' },
  { values: [130, 0, 0, Uint32Array.of(1, 0, 0), Uint8Array.of(51, 102)], unit: 'y' },
  { values: [0, 1, 1, Uint32Array.of(49, 49, 49), Uint8Array.of(1, 2)], unit: 'x' },
];
const pictures = parseSchema({
  version: 1,
  name: 'pictures',
  columns: [{ name: 'picture', type: 'image', height: 2, width: 2, channels: 1 }, label],
  target,
});
const pictureRows = (count: number): Row[] =>
  Array.from({ length: count }, (_, i) => ({ values: [Uint8Array.of(i, i + 1, i + 2, 255 - i), i % 2] }));

const inPieces = (bytes: Uint8Array, length: number): Uint8Array[] =>
  Array.from({ length: Math.ceil(bytes.length / length) }, (_, i) => bytes.subarray(i * length, (i + 1) * length));

describe('packed rows', () => {
  test.each([1, 7, 64, 100_000])('come back as a table, read in pieces of %d bytes', async (length) => {
    const table = await readPackedRows(inPieces(await packRows(rows, mixed), length), mixed);
    expect([...table.features]).toEqual(
      [
        [0, 0, 0, 1, 7, 8, 0, 0, 1],
        [1, 1, 0, 0, 1, 0, 0, 0.2, 0.4],
        [-1, 0, 1, 0, 49, 49, 49, 1 / 255, 2 / 255],
      ].flatMap((row) => row.map(Math.fround)),
    );
    expect(table).toMatchObject({ width: 9, rows: 3, outputs: 2, unit: 'unit', units: [[0, 2], [1]] });
    expect(table.targets).toEqual(BigInt64Array.of(1n, 0n, 1n));
    expect(table.clipped).toEqual({ age: 1, blood: 0, label: 0, text: 0, scan: 0 });
  });

  test('pictures stay bytes', async () => {
    const { features, rows: count, units } = await readPackedRows(await packRows(pictureRows(3), pictures), pictures);
    expect(features).toEqual(Uint8Array.of(0, 1, 2, 255, 1, 2, 3, 254, 2, 3, 4, 253));
    expect({ count, units }).toEqual({ count: 3, units: [[0], [1], [2]] });
  });

  test('give the same table as CSV does for the same numbers', async () => {
    const schema = parseSchema({
      version: 1,
      name: 'numbers',
      columns: [
        { name: 'age', type: 'number', min: 0, max: 110, transform: 'sqrt' },
        { name: 'dose', type: 'number', min: 0.1, max: 20, transform: 'log' },
        { name: 'result', type: 'number', min: -5, max: 5 },
      ],
      target: { column: 'result', task: 'regression' },
    });
    const numbers = [
      [33.3, 0.2, 1],
      [150, 21, 7],
      [0.1, 3e-2, -0.3],
    ];
    const csv = `age,dose,result\n${numbers.map((row) => row.join()).join('\n')}\n`;
    const packed = await packRows(
      numbers.map((values) => ({ values })),
      schema,
    );
    expect(await readTable(packed, schema)).toEqual(await readCsv(utf8(csv), schema));
  });

  test('the length of the file does not tell the number of rows', async () => {
    const lengths = new Set<number>();
    for (let count = 900; count < 1000; count++)
      lengths.add((await packRows(pictureRows(count).slice(), pictures)).length);
    expect(lengths.size).toBeLessThan(8);
    for (const length of [1, 48, 49, 999, 2 ** 20 + 1, 47_100_000]) {
      expect(paddedLength(length)).toBeGreaterThanOrEqual(length);
      expect(paddedLength(length) / length).toBeLessThanOrEqual(1.12);
    }
    expect(paddedLength(9)).toBe(10);
  });

  test('are read through a decryption as they come', async () => {
    const key = new Uint8Array(32).fill(9);
    const file = await encryptFile(key, await packRows(pictureRows(200).slice(0, 200), pictures));
    const table = await readTable(decryptStream(key, inPieces(file, 1000)), pictures);
    expect(table.rows).toBe(200);
  });

  test('under another schema they are refused', async () => {
    const other = { ...pictures, name: 'other' };
    await expect(readPackedRows(await packRows(pictureRows(2), pictures), other)).rejects.toMatchObject({
      code: 'learning.foreignRows',
    });
  });

  test('cut at any length, or with anything behind them, they are refused', async () => {
    const whole = await packRows(pictureRows(2), pictures);
    for (let length = 0; length < 48 + 16; length++) {
      await expect(readPackedRows(whole.slice(0, length), pictures)).rejects.toMatchObject({
        code: 'learning.malformedRows',
      });
    }
    const more = whole.slice();
    more[more.length - 1] = 1;
    await expect(readPackedRows(more, pictures)).rejects.toMatchObject({ code: 'learning.malformedRows' });
  });

  const tampered = async (change: (view: DataView) => void) => {
    const bytes = await packRows(rows, mixed);
    change(new DataView(bytes.buffer));
    return readPackedRows(bytes, mixed);
  };
  // A record of `mixed`: age f64 at 0, blood u32 at 8, label u32 at 12, tokens at 16, picture at 28, unit u32 at 30.
  test.each<[string, (view: DataView) => void, string, string | undefined]>([
    ['a NaN', (view) => view.setFloat64(48, Number.NaN, true), 'learning.malformedRows', 'row 1, column "age"'],
    [
      'a category out of range',
      (view) => view.setUint32(56, 3, true),
      'learning.malformedRows',
      'row 1, column "blood"',
    ],
    ['a label out of range', (view) => view.setUint32(60, 2, true), 'learning.malformedRows', 'row 1, column "label"'],
    ['a token out of range', (view) => view.setUint32(64, 50, true), 'learning.unknownToken', 'row 1, column "text"'],
    ['a unit out of order', (view) => view.setUint32(78, 1, true), 'learning.malformedRows', 'row 1'],
    ['no rows', (view) => view.setBigUint64(40, 0n, true), 'learning.malformedRows', undefined],
    ['more rows than memory', (view) => view.setBigUint64(40, 2n ** 60n, true), 'learning.tooLarge', undefined],
    ['more rows than there are', (view) => view.setBigUint64(40, 9n, true), 'learning.malformedRows', 'row 4'],
  ])('with %s they are refused', async (_, change, code, place) => {
    await expect(tampered(change)).rejects.toMatchObject({ code, place });
  });

  test('no rows and too many bytes are refused when packing', async () => {
    await expect(packRows([], pictures)).rejects.toMatchObject({ code: 'learning.emptyTable' });
    await expect(packRows(pictureRows(9), pictures, { maxBytes: 100 })).rejects.toMatchObject({
      code: 'learning.tooLarge',
    });
  });

  test('a source that is not read to its end is let go', async () => {
    let closed = false;
    const source = (async function* () {
      try {
        for (;;) yield await packRows(pictureRows(2), { ...pictures, name: 'other' });
      } finally {
        closed = true;
      }
    })();
    await expect(readTable(source, pictures)).rejects.toMatchObject({ code: 'learning.foreignRows' });
    expect(closed).toBe(true);
  });
});
