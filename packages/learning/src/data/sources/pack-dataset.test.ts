import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import { parseSchema } from '../parse-schema.ts';
import { readTable } from '../read-table.ts';
import { packDataset, type PackDatasetOptions } from './pack-dataset.ts';

// Written by PyArrow 26 and Pillow 13: pictures 4 high and 3 wide whose entries are (7x + 31y + 97·channel) mod 256.
const data = (name: string): URL => new URL(`../../../../../vectors/data/${name}`, import.meta.url);
const entry = (x: number, y: number, channel = 0): number => (7 * x + 31 * y + 97 * channel) % 256;
const picture = (channels: number, more = 0): number[] =>
  Array.from(
    { length: 12 * channels },
    (_, i) => (entry(i % 3, Math.floor((i % 12) / 3), Math.floor(i / 12)) + more) % 256,
  );

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});
function folderOf(files: Record<string, Uint8Array | string>): string {
  const folder = mkdtempSync(join(tmpdir(), 'encryptech-data-'));
  folders.push(folder);
  for (const [name, bytes] of Object.entries(files)) {
    mkdirSync(join(folder, name, '..'), { recursive: true });
    writeFileSync(join(folder, name), bytes);
  }
  return folder;
}

const classes = { name: 'class', type: 'category', values: ['cat', 'dog'] };
const target = { column: 'class', task: 'classification' };
const imagesOf = (channels: number) =>
  parseSchema({
    version: 1,
    name: 'pictures',
    columns: [{ name: 'picture', type: 'image', height: 4, width: 3, channels }, classes],
    target,
  });
const tableOf = async (path: string, schema = imagesOf(1), options: PackDatasetOptions = {}) => {
  const { kind, bytes } = await packDataset(path, schema, options);
  return { kind, ...(await readTable(bytes, schema)) };
};
const png = (name: string): Uint8Array => Uint8Array.from(readFileSync(data(`${name}.png`)));

describe('a folder of PNG files', () => {
  test('with a folder for each class', async () => {
    const folder = folderOf({
      'dog/a.png': png('grey'),
      'cat/b.png': png('grey'),
      'cat/.hidden': 'x',
      '.DS_Store': 'x',
    });
    const table = await tableOf(folder);
    expect(table).toMatchObject({ kind: 'png-folder', rows: 2, width: 12 });
    expect([...table.features]).toEqual([...picture(1), ...picture(1)]);
    expect(table.targets).toEqual(BigInt64Array.of(0n, 1n));
  });

  test.each(['colour', 'opaque', 'palette'])('in colour, channel after channel: %s', async (name) => {
    const table = await tableOf(folderOf({ 'cat/a.png': png(name) }), imagesOf(3));
    expect([...table.features]).toEqual(picture(3));
  });

  test('with labels.csv, which can name numbers and units too', async () => {
    const schema = parseSchema({
      version: 1,
      name: 'scans',
      columns: [
        { name: 'age', type: 'number', min: 0, max: 100 },
        { name: 'scan', type: 'image', height: 4, width: 3, channels: 1 },
        classes,
      ],
      target,
      unit: 'patient',
    });
    const labels = 'class,file,patient,age\ndog,x/1.png,p,100\ncat,x/2.png,q,0\ncat,x/1.png,p,50\n';
    const table = await tableOf(
      folderOf({ 'labels.csv': labels, 'x/1.png': png('grey'), 'x/2.png': png('grey') }),
      schema,
    );
    expect(table).toMatchObject({ rows: 3, unit: 'unit', units: [[0, 2], [1]] });
    expect([...table.features.subarray(0, 13)]).toEqual([1, ...picture(1).map((byte) => Math.fround(byte / 255))]);
    expect(table.targets).toEqual(BigInt64Array.of(1n, 0n, 0n));
  });

  test.each<[string, Record<string, Uint8Array | string>, number, string, string | undefined]>([
    ['of another class', { 'cow/a.png': png('grey') }, 1, 'learning.unknownLabel', 'cow/a.png'],
    ['that is no PNG', { 'cat/a.png': 'GIF89a'.repeat(9) }, 1, 'learning.malformedPng', 'cat/a.png'],
    ['that is damaged', { 'cat/a.png': png('grey').fill(7, 50, 54) }, 1, 'learning.malformedPng', 'cat/a.png'],
    ['that is cut short', { 'cat/a.png': png('grey').slice(0, 60) }, 1, 'learning.malformedPng', 'cat/a.png'],
    ['of 16 bits', { 'cat/a.png': png('deep') }, 1, 'learning.malformedPng', 'cat/a.png'],
    ['of one bit', { 'cat/a.png': png('one-bit') }, 1, 'learning.malformedPng', 'cat/a.png'],
    ['one can see through', { 'cat/a.png': png('see-through') }, 3, 'learning.malformedPng', 'cat/a.png'],
    ['grey for colour', { 'cat/a.png': png('grey') }, 3, 'learning.wrongImage', 'cat/a.png'],
    ['colour for grey', { 'cat/a.png': png('colour') }, 1, 'learning.wrongImage', 'cat/a.png'],
    ['that is not there', { 'labels.csv': 'file,class\nx.png,cat\n' }, 1, 'learning.unfitSource', 'x.png'],
    [
      'outside the folder',
      { 'labels.csv': 'file,class\n../x.png,cat\n' },
      1,
      'learning.unfitSource',
      'labels.csv, line 2',
    ],
    [
      'without a column of labels',
      { 'labels.csv': 'file\nx.png\n' },
      1,
      'learning.missingColumn',
      'line 1, column "class"',
    ],
    [
      'with another label in labels.csv',
      { 'labels.csv': 'file,class\na.png,cow\n', 'a.png': png('grey') },
      1,
      'learning.unknownLabel',
      'labels.csv, line 2, file a.png',
    ],
  ])('a picture %s is refused at its place', async (_, files, channels, code, place) => {
    await expect(packDataset(folderOf(files), imagesOf(channels))).rejects.toMatchObject({ code, place });
  });

  test('of another size is refused before it is unpacked', async () => {
    const bomb = png('grey').slice();
    new DataView(bomb.buffer).setUint32(16, 60_000);
    await expect(packDataset(folderOf({ 'cat/a.png': bomb }), imagesOf(1))).rejects.toMatchObject({
      code: 'learning.wrongImage',
      place: 'cat/a.png',
    });
  });

  test('an empty folder has no rows', async () => {
    await expect(packDataset(folderOf({ 'cat/.keep': '' }), imagesOf(1))).rejects.toMatchObject({
      code: 'learning.emptyTable',
    });
  });
});

const idx = (dims: number[], values: number[], type = 8): Uint8Array => {
  const bytes = new Uint8Array(4 + 4 * dims.length + values.length);
  bytes.set([0, 0, type, dims.length]);
  for (const [i, dim] of dims.entries()) new DataView(bytes.buffer).setUint32(4 + 4 * i, dim);
  bytes.set(values, 4 + 4 * dims.length);
  return bytes;
};

describe('IDX files', () => {
  const images = idx([2, 4, 3], [...picture(1), ...picture(1, 5)]);
  const labels = idx([2], [1, 0]);
  const publish = (files: { images: Uint8Array; labels: Uint8Array }, schema = imagesOf(1)) => {
    const folder = folderOf({ 'images.idx': files.images, 'labels.idx': files.labels });
    return tableOf(join(folder, 'images.idx'), schema, { labels: join(folder, 'labels.idx') });
  };

  test.each([
    ['as they are', (bytes: Uint8Array) => bytes],
    ['in gzip', (bytes: Uint8Array) => gzipSync(bytes)],
  ])('%s', async (_, zip) => {
    const table = await publish({ images: zip(images), labels: zip(labels) });
    expect(table.kind).toBe('idx');
    expect([...table.features]).toEqual([...picture(1), ...picture(1, 5)]);
    expect(table.targets).toEqual(BigInt64Array.of(1n, 0n));
  });

  test('in colour, channel after channel', async () => {
    const interleaved = Array.from({ length: 36 }, (_, i) => picture(3)[(i % 3) * 12 + Math.floor(i / 3)]!);
    const table = await publish({ images: idx([1, 4, 3, 3], interleaved), labels: idx([1], [0]) }, imagesOf(3));
    expect([...table.features]).toEqual(picture(3));
  });

  test.each<[string, Uint8Array, Uint8Array, string, string]>([
    ['a label out of range', images, idx([2], [1, 2]), 'learning.unknownLabel', 'labels.idx, row 2'],
    ['fewer labels than pictures', images, idx([1], [1]), 'learning.malformedIdx', 'labels.idx'],
    ['pictures of another size', idx([2, 3, 4], picture(2)), labels, 'learning.wrongImage', 'images.idx'],
    ['entries cut short', images.slice(0, -1), labels, 'learning.malformedIdx', 'images.idx'],
    ['entries that are floats', idx([2, 4, 3], picture(2), 13), labels, 'learning.malformedIdx', 'images.idx'],
    ['damaged gzip', Uint8Array.of(0x1f, 0x8b, 8, 0, 1, 2), labels, 'learning.malformedIdx', 'images.idx'],
    ['labels that are no IDX file', images, Uint8Array.of(7, 7, 7, 7), 'learning.malformedIdx', 'labels.idx'],
  ])('%s: refused at the file', async (_, imageFile, labelFile, code, place) => {
    await expect(publish({ images: imageFile, labels: labelFile })).rejects.toMatchObject({ code, place });
  });

  test('without labels, and labels without IDX, are refused', async () => {
    const folder = folderOf({ 'images.idx': images, 'table.csv': 'class\ncat\n' });
    await expect(packDataset(join(folder, 'images.idx'), imagesOf(1))).rejects.toMatchObject({
      code: 'learning.unfitSource',
    });
    const labelled = packDataset(join(folder, 'table.csv'), imagesOf(1), { labels: 'x' });
    await expect(labelled).rejects.toMatchObject({ code: 'learning.unfitSource' });
  });
});

describe('Parquet files', () => {
  const label = { name: 'label', type: 'category', values: ['no', 'yes'] };
  const text = { name: 'text', type: 'tokens', length: 4, vocabulary: 8, padding: 6 };
  const schemaOf = (columns: object[], unit?: string) =>
    parseSchema({
      version: 1,
      name: 'parquet',
      columns,
      target: { column: 'label', task: 'classification' },
      ...(unit === undefined ? {} : { unit }),
    });
  const score = { name: 'score', type: 'number', min: -4, max: 4 };
  const pathOf = (name: string) => data(`${name}.parquet`).pathname;

  test('of tokens, numbers and units, over several row groups', async () => {
    const schema = schemaOf([{ name: 'count', type: 'number', min: 0, max: 400 }, text, label, score], 'person');
    const table = await tableOf(pathOf('mixed'), schema);
    expect(table).toMatchObject({ kind: 'parquet', rows: 4, width: 6, units: [[0, 2], [1], [3]] });
    expect([...table.features]).toEqual(
      [
        [2 / 400 - 1, 5, 1, 2, 6, 0.125],
        [4 / 400 - 1, 7, 6, 6, 6, -0.25],
        [6 / 400 - 1, 6, 6, 6, 6, 0.5625],
        [1, 3, 3, 3, 3, 1],
      ].flatMap((row) => row.map(Math.fround)),
    );
    expect(table.targets).toEqual(BigInt64Array.of(0n, 1n, 1n, 0n));
  });

  test.each(['zstd', 'gzip', 'brotli'])('compressed with %s', async (name) => {
    const table = await tableOf(pathOf(name), schemaOf([score, label]));
    expect([...table.features.subarray(0, 4)]).toEqual([0.25, 0.5, 0.25, 0.5]);
    expect(table.rows).toBe(100);
  });

  test('without compression', async () => {
    expect((await tableOf(pathOf('plain'), schemaOf([text, label]))).rows).toBe(4);
  });

  test('of pictures as {bytes, path}, with classes as numbers', async () => {
    const schema = schemaOf([
      { name: 'image', type: 'image', height: 4, width: 3, channels: 1 },
      { ...label, values: ['0', '1'] },
    ]);
    const table = await tableOf(pathOf('pictures'), schema);
    expect([...table.features]).toEqual([...picture(1), ...picture(1, 1), ...picture(1, 2)]);
    expect(table.targets).toEqual(BigInt64Array.of(0n, 1n, 0n));
  });

  test.each<[string, string, object[], string, string | undefined]>([
    ['an empty cell', 'null', [score, label], 'learning.missingCell', 'row 2, column "score"'],
    [
      'a list that is too long',
      'plain',
      [{ ...text, length: 3 }, label],
      'learning.tooManyTokens',
      'row 4, column "text"',
    ],
    [
      'a token out of range',
      'plain',
      [{ ...text, vocabulary: 7 }, label],
      'learning.unknownToken',
      'row 2, column "text"',
    ],
    [
      'a label that is not listed',
      'plain',
      [text, { ...label, values: ['no', 'YES'] }],
      'learning.unknownLabel',
      'row 2, column "label"',
    ],
    ['a list for a number', 'plain', [{ ...score, name: 'text' }, label], 'learning.badCell', 'row 1, column "text"'],
    [
      'text for a picture',
      'null',
      [{ name: 'score', type: 'image', height: 4, width: 3, channels: 1 }, label],
      'learning.badCell',
      'row 1, column "score"',
    ],
    ['a column that is not declared', 'mixed', [text, label], 'learning.extraColumn', 'line 1, column "score"'],
    ['a column that is not there', 'null', [score, text, label], 'learning.missingColumn', 'line 1, column "text"'],
    ['a compression that is not read', 'lz4', [score, label], 'learning.unsupportedCompression', 'column "score"'],
  ])('%s: refused at its place', async (_, name, columns, code, place) => {
    await expect(packDataset(pathOf(name), schemaOf(columns))).rejects.toMatchObject({ code, place });
  });

  test('cut short at any of some lengths they are refused', async () => {
    const whole = readFileSync(data('mixed.parquet'));
    const schema = schemaOf([{ name: 'count', type: 'number', min: 0, max: 400 }, text, label, score], 'person');
    for (const length of [4, 12, 100, whole.length - 200, whole.length - 1]) {
      const path = join(folderOf({ 'x.parquet': whole.subarray(0, length) }), 'x.parquet');
      await expect(packDataset(path, schema)).rejects.toMatchObject({ code: 'learning.malformedParquet' });
    }
  });
});
