import { readFile } from 'node:fs/promises';
import { utf8 } from '@encryptech/base';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { DatasetSchema } from './dataset-schema.ts';
import { parseSchema } from './parse-schema.ts';
import { readCsv } from './read-csv.ts';

const schema: DatasetSchema = {
  version: 1,
  name: 'heart',
  columns: [
    { name: 'age', type: 'number', min: 0, max: 100 },
    { name: 'ill', type: 'category', values: ['no', 'yes'] },
    { name: 'blood', type: 'category', values: ['a', 'b', 'o'] },
  ],
  target: { column: 'ill', task: 'classification' },
};
const read = (text: string, given = schema) => readCsv(utf8(text), given);

describe('readCsv', () => {
  test('reads numbers scaled, categories one-hot and classes by number, columns in any order', async () => {
    const table = await read('ill,blood,age\nno,a,50\nyes,o,75\n');
    expect([...table.features]).toEqual([0, 1, 0, 0, 0.5, 0, 0, 1]);
    expect(table.targets).toEqual(BigInt64Array.of(0n, 1n));
    expect(table).toMatchObject({
      rows: 2,
      width: 4,
      outputs: 2,
      task: 'classification',
      unit: 'row',
      units: [[0], [1]],
    });
  });

  describe('token lists', () => {
    const texts: DatasetSchema = {
      ...schema,
      columns: [
        { name: 'text', type: 'tokens', length: 4, vocabulary: 100, padding: 99 },
        { name: 'ill', type: 'category', values: ['no', 'yes'] },
      ],
    };

    test('are filled up to their length, written with blanks, commas or brackets', async () => {
      const table = await read('text,ill\n5 6  7,no\n"[1, 2]",yes\n"1,2,3,4",no\n[],no\n', texts);
      expect([...table.features]).toEqual([5, 6, 7, 99, 1, 2, 99, 99, 1, 2, 3, 4, 99, 99, 99, 99]);
      expect(table).toMatchObject({ width: 4, outputs: 2 });
    });

    test.each([
      ['1 2 3 4 5', 'learning.tooManyTokens'],
      ['100', 'learning.unknownToken'],
      ['-1', 'learning.unknownToken'],
      ['1.5', 'learning.unknownToken'],
      ['0x1', 'learning.unknownToken'],
      ['word', 'learning.unknownToken'],
    ])('%j is refused at its place and not quoted', async (cell, code) => {
      const error: unknown = await read(`text,ill\n1,no\n${cell},no\n`, texts).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code, place: 'line 3, column "text"' });
      expect((error as Error).message).not.toContain(cell === '-1' ? '-1' : `${cell} `);
    });
  });

  test('a schema of pictures is none for CSV', async () => {
    const pictures: DatasetSchema = {
      ...schema,
      columns: [{ name: 'p', type: 'image', height: 1, width: 1, channels: 1 }, schema.columns[1]!],
    };
    await expect(read('p,ill\n1,no\n', pictures)).rejects.toMatchObject({ code: 'learning.unfitSource' });
  });

  test('clips what lies outside the public range, and counts it', async () => {
    const table = await read('age,ill,blood\n150,no,a\n-3,no,a\n100,no,a\n');
    expect([table.features[0], table.features[4], table.features[8]]).toEqual([1, -1, 1]);
    expect(table.clipped).toEqual({ age: 2, ill: 0, blood: 0 });
  });

  test('a regression has float targets on the scale of its range', async () => {
    const table = await read('age,ill,blood\n25,no,a\n300,no,a\n', {
      ...schema,
      target: { column: 'age', task: 'regression' },
    });
    expect(table.targets).toEqual(Float32Array.of(-0.5, 1));
    expect(table).toMatchObject({ width: 5, outputs: 1, targetScale: 50, clipped: { age: 1 } });
  });

  test('rows of one unit come together, in the order in which units appear', async () => {
    const table = await read('patient,age,ill,blood\np7,1,no,a\np2,2,no,a\np7,3,no,a\n', {
      ...schema,
      unit: 'patient',
    });
    expect(table).toMatchObject({ unit: 'unit', units: [[0, 2], [1]], width: 4 });
  });

  test('byte order mark, quotes, blanks, empty lines and any line ending change nothing', async () => {
    const plain = await read('age,ill,blood\n1,no,a\n2,yes,b\n');
    const odd = await read('\ufeffage, "ill" ,blood\r\n"1",no , a\n\n\r2,yes,b');
    expect(odd).toEqual(plain);
  });

  test('pieces of a stream give the same table wherever they are cut', async () => {
    const bytes = utf8('age,ill,blood\r\n1,no,a\r\n"2",yes,b\r\n');
    const whole = await readCsv(bytes, schema);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: bytes.length }), async (cut) => {
        expect(await readCsv([bytes.slice(0, cut), bytes.slice(cut)], schema)).toEqual(whole);
      }),
    );
  });

  test('the fixture: 569 rows, 357 benign, 30 inputs in [-1, 1]', async () => {
    const folder = new URL('../../../../fixtures/wdbc/', import.meta.url);
    const wdbc = parseSchema(await readFile(new URL('schema.json', folder), 'utf8'));
    const table = await readCsv(await readFile(new URL('wdbc.csv', folder)), wdbc);
    expect([table.rows, table.width]).toEqual([569, 30]);
    expect((table.targets as BigInt64Array).filter((label) => label === 0n).length).toBe(357);
    expect(table.features.every((value) => value >= -1 && value <= 1)).toBe(true);
  });

  test.each([
    ['an empty file', '', 'learning.emptyTable', undefined],
    ['a header without rows', 'age,ill,blood\n', 'learning.emptyTable', undefined],
    ['a missing column', 'age,ill\n1,no\n', 'learning.missingColumn', 'line 1, column "blood"'],
    ['an extra column', 'age,ill,blood,name\n1,no,a,x\n', 'learning.extraColumn', 'line 1, column "name"'],
    ['a column twice', 'age,ill,age,blood\n1,no,1,a\n', 'learning.duplicateColumn', 'line 1, column "age"'],
    ['a short row', 'age,ill,blood\n1,no\n', 'learning.raggedRow', 'line 2'],
    ['a long row', 'age,ill,blood\n1,no,a\n1,no,a,\n', 'learning.raggedRow', 'line 3'],
    ['a missing number', 'age,ill,blood\n1,no,a\n ,no,a\n', 'learning.missingCell', 'line 3, column "age"'],
    ['a missing label', 'age,ill,blood\n1,"",a\n', 'learning.missingCell', 'line 2, column "ill"'],
    ['a mistyped cell', 'age,ill,blood\n1,no,a\n\n12x,no,a\n', 'learning.badCell', 'line 4, column "age"'],
    ['a decimal comma', 'age,ill,blood\n"1,5",no,a\n', 'learning.badCell', 'line 2, column "age"'],
    ['a hexadecimal number', 'age,ill,blood\n0x10,no,a\n', 'learning.badCell', 'line 2, column "age"'],
    ['a NaN', 'age,ill,blood\nNaN,no,a\n', 'learning.nonFiniteCell', 'line 2, column "age"'],
    ['an infinity', 'age,ill,blood\n-Infinity,no,a\n', 'learning.nonFiniteCell', 'line 2, column "age"'],
    ['a number past double', 'age,ill,blood\n1e999,no,a\n', 'learning.nonFiniteCell', 'line 2, column "age"'],
    ['an unknown label', 'age,ill,blood\n1,maybe,a\n', 'learning.unknownLabel', 'line 2, column "ill"'],
    ['a label in another case', 'age,ill,blood\n1,No,a\n', 'learning.unknownLabel', 'line 2, column "ill"'],
    ['an unknown category', 'age,ill,blood\n1,no,ab\n', 'learning.unknownCategory', 'line 2, column "blood"'],
    ['an open quote', 'age,ill,blood\n1,no,"a\n', 'learning.malformedCsv', 'line 2'],
    ['text after a quote', 'age,ill,blood\n1,no,"a"b\n', 'learning.malformedCsv', 'line 2'],
    [
      'a row after a cell of two lines',
      'age,ill,"blood"\n"\n1",no,a\nx,no,a\n',
      'learning.badCell',
      'line 2, column "age"',
    ],
  ])('refuses %s', async (_, text, code, place) => {
    await expect(read(text)).rejects.toMatchObject({ code, place });
  });

  test('refuses a row without a unit', async () => {
    await expect(
      read('patient,age,ill,blood\np7,1,no,a\n,2,no,a\n', { ...schema, unit: 'patient' }),
    ).rejects.toMatchObject({ code: 'learning.missingCell', place: 'line 3, column "patient"' });
  });

  test('refuses more rows or bytes than allowed, and takes just as many', async () => {
    const bytes = utf8('age,ill,blood\n1,no,a\n2,no,a\n');
    const limits = { maxRows: 2, maxBytes: bytes.length };
    expect((await readCsv(bytes, schema, limits)).rows).toBe(2);
    for (const tight of [
      { ...limits, maxRows: 1 },
      { ...limits, maxBytes: bytes.length - 1 },
    ]) {
      await expect(readCsv(bytes, schema, tight)).rejects.toMatchObject({ code: 'learning.tooLarge' });
    }
  });

  test('refuses a cell without end before it fills the memory', async () => {
    function* endless() {
      yield utf8('age,ill,blood\n"');
      for (let i = 0; i < 64; i++) yield new Uint8Array(1 << 20).fill(97);
    }
    await expect(readCsv(endless(), schema)).rejects.toMatchObject({ code: 'learning.malformedCsv' });
  });

  test('no error quotes a cell: it may leave the machine that may see the rows', async () => {
    const secret = 'S3CRET';
    for (const text of [
      `age,ill,blood\n${secret},no,a\n`,
      `age,ill,blood\n1,${secret},a\n`,
      `age,ill,blood\n1,no,${secret}\n`,
      `age,ill,blood\n1,no,${secret}"x\n`,
      `age,ill,blood\n1,no,"${secret}"x\n`,
      `age,ill,blood\n1,no,a,${secret}\n`,
    ]) {
      const error = await read(text).then(
        () => undefined,
        (thrown: Error) => thrown,
      );
      expect(error).toBeDefined();
      expect(JSON.stringify(error) + String(error) + error!.stack + String(error!.cause)).not.toContain(secret);
    }
  });

  test('a failing source fails the reading, with its own error', async () => {
    async function* broken() {
      yield utf8('age,ill,blood\n');
      await Promise.resolve();
      throw new Error('disk gone');
    }
    await expect(readCsv(broken(), schema)).rejects.toThrow('disk gone');
  });
});
