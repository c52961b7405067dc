import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encryptKeystore } from '@encryptech/sealing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writePrivateFile } from './private-file.ts';
import { unlockKeystore } from './unlock-keystore.ts';

const folder = mkdtempSync(join(tmpdir(), 'unlock-'));
const keystore = join(folder, 'keystore.json');
const passphraseFile = join(folder, 'passphrase');
const secret = Uint8Array.from({ length: 32 }, (_, i) => i + 1);
beforeAll(async () => {
  await writePrivateFile(
    keystore,
    JSON.stringify(await encryptKeystore(secret, 'open sesame', { insecureFastKdf: true })),
  );
  await writePrivateFile(passphraseFile, 'open sesame\n');
});
afterAll(() => rmSync(folder, { recursive: true }));

test('the passphrase comes from the configured file, else the environment’s, else a person', async () => {
  expect(await unlockKeystore(keystore, { passphraseFile })).toEqual(secret);
  expect(await unlockKeystore(keystore, { passphraseFileOfEnvironment: passphraseFile })).toEqual(secret);
  const questions: string[] = [];
  const prompt = (question: string) => Promise.resolve(questions.push(question) === 1 ? 'open sesame' : '');
  expect(await unlockKeystore(keystore, { prompt })).toEqual(secret);
  expect(questions).toEqual([`Passphrase of ${keystore}: `]);
});

test('with no source at all the error says where one can be named', async () => {
  await expect(unlockKeystore(keystore, {})).rejects.toMatchObject({
    code: 'sdk.noPassphrase',
    hint: expect.stringContaining('ENCRYPTECH_PASSPHRASE_FILE') as string,
  });
});

test('a wrong passphrase is an error that quotes nothing', async () => {
  const error = (await unlockKeystore(keystore, { prompt: () => Promise.resolve('open barley') }).catch(
    (reason: unknown) => reason,
  )) as Error;
  expect(error).toMatchObject({ code: 'sealing.wrongPassphrase' });
  expect(JSON.stringify(error) + String(error)).not.toContain('barley');
});
