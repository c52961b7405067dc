import { build } from 'esbuild';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import * as browser from './browser.ts';
import * as index from './index.ts';

test('the exported names', () => {
  expect(Object.keys(index).sort()).toMatchSnapshot();
  expect(Object.keys(index)).toEqual(expect.arrayContaining(Object.keys(browser)));
});

test('a browser’s bundle of this package needs nothing of Node and carries no bytecode', async () => {
  const { metafile } = await build({
    ...{ entryPoints: [join(import.meta.dirname, 'browser.ts')], bundle: true, write: false, metafile: true },
    ...{ format: 'esm', platform: 'browser', logLevel: 'silent' },
  });
  const files = Object.keys(metafile.inputs);
  expect(files.some((file) => file.endsWith('write/deposit.ts'))).toBe(true);
  expect(files.filter((file) => /bytecode|\bdatabase\b|drizzle|pglite|node_modules\/pg\//.test(file))).toEqual([]);
});
