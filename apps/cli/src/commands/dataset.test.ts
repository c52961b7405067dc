import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { installRoot } from '@encryptech/provider';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startChainHome, type ChainHome } from '../../test/chain-home.ts';

let home: ChainHome;
const target = { column: 'class', task: 'classification' };
const classes = { name: 'class', type: 'category', values: ['left', 'right'] };
const picture = (side: number) => ({ name: 'picture', type: 'image', height: side, width: side, channels: 1 });
const schemas: Record<string, unknown> = {
  'pictures.json': { version: 1, name: 'Scans', columns: [picture(8), classes], target },
  'large.json': { version: 1, name: 'Scans', columns: [picture(9), classes], target },
  'texts.json': {
    version: 1,
    name: 'Texts',
    columns: [
      { name: 'text', type: 'tokens', length: 9, vocabulary: 200 },
      { name: 'topic', type: 'category', values: ['weather', 'sport'] },
    ],
    target: { column: 'topic', task: 'classification' },
  },
};
const vector = (name: string): string => join(installRoot, 'vectors/data', name);

beforeAll(async () => {
  home = await startChainHome();
  await home.say('account', 'new', 'clinic', '--role', 'owner');
  for (const [name, schema] of Object.entries(schemas)) await writeFile(join(home.dir, name), JSON.stringify(schema));
  for (const side of classes.values) {
    await mkdir(join(home.dir, 'scans', side), { recursive: true });
    for (const i of [0, 1])
      await copyFile(vector(`bright-${side}-${i}.png`), join(home.dir, 'scans', side, `${i}.png`));
  }
  const header = (type: number, ...dims: number[]): number[] => [
    ...[0, 0, 8, type],
    ...dims.flatMap((dim) => [0, 0, 0, dim]),
  ];
  await writeFile(
    join(home.dir, 'images.idx'),
    Uint8Array.from([...header(3, 2, 8, 8), ...new Array<number>(128).fill(7)]),
  );
  await writeFile(join(home.dir, 'labels.idx'), Uint8Array.from([...header(1, 2), 0, 1]));
}, 240_000);
afterAll(() => home.stop());

const publish = (data: string, schema: string, ...more: string[]) =>
  home.say('dataset', 'publish', data, '--schema', schema, '--nominal-rows', '500', '--dry-run', ...more);

test.each<[string, string, string, string[], number]>([
  ['a folder of PNG files', 'scans', 'pictures.json', [], 4],
  ['IDX pictures', 'images.idx', 'pictures.json', ['--labels', 'labels.idx'], 2],
  ['token lists in a Parquet file', vector('texts.parquet'), 'texts.json', [], 500],
])('dataset publish takes %s', async (_, data, schema, more, rows) => {
  const { code, out, err } = await publish(data, schema, ...more);
  expect(err).toBe('');
  expect(code).toBe(0);
  expect(out).toContain(`${rows} rows fit the schema`);
  expect(out).toContain('Nothing was published.');
});

test.each<[string, string, string, string[], string[]]>([
  ['pictures of another size', 'scans', 'large.json', [], ['learning.wrongImage', 'left/0.png']],
  ['IDX pictures without labels', 'images.idx', 'pictures.json', [], ['learning.unfitSource', '--labels']],
  ['labels that are not there', 'images.idx', 'pictures.json', ['--labels', 'x.idx'], ['cli.fileMissing', 'x.idx']],
  ['data that are not there', 'none', 'pictures.json', [], ['cli.fileMissing', 'none']],
])('dataset publish refuses %s with place and hint', async (_, data, schema, more, words) => {
  const { code, err } = await publish(data, schema, ...more);
  expect(code).toBe(2);
  for (const word of words) expect(err).toContain(word);
});
