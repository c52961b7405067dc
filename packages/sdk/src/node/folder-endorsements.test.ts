import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { createDevelopmentPki, noEndorsements } from '@encryptech/attestation';
import { folderEndorsements } from './folder-endorsements.ts';

const folder = mkdtempSync(join(tmpdir(), 'endorsements-'));
afterAll(() => rmSync(folder, { recursive: true }));
const now = new Date('2026-11-22T12:00:00Z');

test('a document that comes into the folder is found at the next question', async () => {
  const pki = createDevelopmentPki(new Uint8Array(32).fill(1));
  const { rootRevocations } = pki.collateral({ issuedAt: new Date('2026-11-20T00:00:00Z') });
  const endorsements = await folderEndorsements(folder);
  const query = { kind: 'tdx', type: 'revocation-list', subject: 'Encryptech Development Root CA' } as const;
  expect(await endorsements.get(query, now)).toBeUndefined();
  writeFileSync(join(folder, 'root.crl'), rootRevocations);
  expect(await endorsements.get(query, now)).toEqual(rootRevocations);
});

test('without a folder there are none; a folder that is not there is refused at the start', async () => {
  expect(await folderEndorsements(undefined)).toBe(noEndorsements);
  await expect(folderEndorsements(join(folder, 'elsewhere'))).rejects.toMatchObject({ code: 'sdk.noFile' });
});
