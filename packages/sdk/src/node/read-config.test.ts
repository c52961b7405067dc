import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { z } from 'zod';
import { readConfig } from './read-config.ts';

const folder = mkdtempSync(join(tmpdir(), 'read-config-'));
afterAll(() => rmSync(folder, { recursive: true }));
const schema = z.strictObject({ name: z.string(), listen: z.strictObject({ port: z.number().int() }) });

test('a file and an object give the same; relative paths start at the file', async () => {
  const path = join(folder, 'config.json');
  writeFileSync(path, '{"name":"a","listen":{"port":1}}');
  expect(await readConfig(schema, path, 'configuration')).toEqual({
    config: { name: 'a', listen: { port: 1 } },
    base: folder,
  });
  expect(await readConfig(schema, { name: 'a', listen: { port: 1 } }, 'configuration')).toEqual({
    config: { name: 'a', listen: { port: 1 } },
    base: process.cwd(),
  });
});

test.each([
  [{ name: 'a', listen: { port: 'x' } }, 'listen.port'],
  [{ name: 'a', listen: { port: 1 }, prot: 1 }, 'prot'],
  [{ listen: { port: 1 } }, 'name'],
])('%j names its fault', async (value, place) => {
  await expect(readConfig(schema, value, 'configuration')).rejects.toMatchObject({ code: 'sdk.badConfig', place });
});

test('text that is not JSON is named by its file, and never quoted', async () => {
  const path = join(folder, 'broken.json');
  writeFileSync(path, '{"name": passphrase-in-the-wrong-place');
  const error = await readConfig(schema, path, 'configuration').catch((reason: unknown) => reason as Error);
  expect(error).toMatchObject({ code: 'sdk.badConfig', place: path });
  expect(JSON.stringify(error) + String(error)).not.toContain('passphrase-in-the-wrong-place');
});
