import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readPrivateFile, writePrivateFile } from './private-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'private-file-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('a private file has mode 0600, replaces the old one whole, and leaves nothing beside it', async () => {
  const path = join(folder, 'key');
  await writePrivateFile(path, 'first, and longer');
  await writePrivateFile(path, 'second');
  expect(readFileSync(path, 'utf8')).toBe('second');
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readdirSync(folder)).toEqual(['key']);
});

test('a secret that others can read is refused with the command that mends it', async () => {
  const path = join(folder, 'open');
  await writePrivateFile(path, 'secret');
  expect(await readPrivateFile(path, 'passphrase')).toBe('secret');
  chmodSync(path, 0o640);
  await expect(readPrivateFile(path, 'passphrase')).rejects.toMatchObject({
    code: 'sdk.openPermissions',
    place: path,
    hint: `chmod 600 ${path}`,
  });
});

test('a file that is missing is named', async () => {
  const path = join(folder, 'missing');
  await expect(readPrivateFile(path, 'passphrase')).rejects.toMatchObject({ code: 'sdk.noFile', place: path });
});
