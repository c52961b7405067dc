import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readSecrets } from './read-secrets.ts';

let dir = '';
beforeAll(() => void (dir = mkdtempSync(join(tmpdir(), 'encryptech-gateway-'))));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

// Generated: of the form of the processor's secrets, of no account.
const REAL = 'whsec_Zk3vQ8rT1yB6nW0xL5cJ9hD2fG7sAeUp';
const DEVELOPMENT = 'whsec_development_1';

const read = (text: string, profile: 'embedded' | 'production') => {
  const file = join(dir, 'secrets');
  writeFileSync(file, text, { mode: 0o600 });
  return readSecrets(file, profile);
};

describe('readSecrets', () => {
  it('reads several, the newest first', async () => {
    const other = REAL.replace('Zk3', 'Yk4');
    expect(await read(`# in use since May\n${other}\n${REAL}\n`, 'production')).toEqual([other, REAL]);
    expect(await read(`${DEVELOPMENT}\n`, 'embedded')).toEqual([DEVELOPMENT]);
  });

  it.each([
    ['a development secret in production', `${REAL}\n${DEVELOPMENT}\n`, 'production', 'line 2'],
    ['a test secret in production', 'whsec_test_Zk3vQ8rT1yB6nW0xL5cJ9hD2fG7s\n', 'production', 'line 1'],
    ['a weak secret in production', `whsec_${'a'.repeat(40)}\n`, 'production', 'line 1'],
    ['a short secret in production', 'whsec_Zk3vQ8rT1yB6\n', 'production', 'line 1'],
    ['a real secret in development', `${REAL}\n`, 'embedded', 'line 1'],
    ['a key in place of a signing secret', 'sk_live_Zk3vQ8rT1yB6nW0xL5cJ9hD2fG7s\n', 'production', 'line 1'],
    ['an empty file', '\n# none yet\n', 'production', 'secrets'],
    ['six secrets', `${DEVELOPMENT}\n`.repeat(6), 'embedded', 'secrets'],
  ] as const)('refuses %s, and names the line, not the secret', async (_, text, profile, place) => {
    const error: unknown = await read(text, profile).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'gateway.badSecret' });
    expect((error as { place: string }).place).toContain(place);
    expect(JSON.stringify(error)).not.toContain('Zk3vQ8r');
  });

  it('refuses a file that others can read', async () => {
    const file = join(dir, 'open');
    writeFileSync(file, REAL, { mode: 0o644 });
    await expect(readSecrets(file, 'production')).rejects.toMatchObject({ code: 'sdk.openPermissions' });
  });
});
