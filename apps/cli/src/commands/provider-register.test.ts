import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { providerFacts, setProviderActive } from '@encryptech/chain';
import { readProviderConfig } from '@encryptech/provider';
import { createPerson, findPerson, openWriter, unlockWallet } from '../network/person.ts';
import { homeOf } from '../home/home.ts';
import { recordingTerminal } from '../../test/recording-terminal.ts';
import { startChainHome, type ChainHome } from '../../test/chain-home.ts';

let home: ChainHome;
let file: string;
beforeAll(async () => {
  home = await startChainHome();
  const terminal = recordingTerminal({ cwd: home.dir, env: { ENCRYPTECH_HOME: home.dir } });
  await createPerson(terminal, homeOf(terminal, home.dir), { role: 'provider', name: 'rosa', unattended: true });
  await home.say('account', 'fund', 'rosa', '100');
  file = join(home.dir, 'providers/rosa/config.json');
}, 240_000);
afterAll(() => home.stop());

const register = (...argv: string[]) => home.say('provider', 'register', 'rosa', ...argv, '--json');
const facts = async () => {
  const terminal = recordingTerminal({ cwd: home.dir, env: { ENCRYPTECH_HOME: home.dir } });
  return providerFacts(home.client, (await findPerson(homeOf(terminal, home.dir), 'provider', 'rosa')).address);
};

test('a rehearsal does nothing; then the chain knows the provider, and the configuration is one that the daemon takes', async () => {
  const url = 'http://127.0.0.1:8710';
  const rehearsed = await register('--url', url, '--ask', '9', '--dry-run');
  expect(rehearsed.json<{ steps: string[] }>().steps).toHaveLength(2);
  expect(await facts()).toMatchObject({ registered: false });
  expect((await register('--url', url, '--ask', '9')).code).toBe(2);

  const done = await register('--url', url, '--ask', '9', '--yes');
  expect(done.code, done.out).toBe(0);
  expect(await facts()).toMatchObject({ registered: true, active: true, url, speed: 20_000n });
  const config = await readProviderConfig(file);
  expect(config).toMatchObject({ name: 'rosa', publicUrl: url, ask: 9n * 10n ** 18n, speed: 20_000n });
  expect(config.threads).toBe(availableParallelism());
  expect(config).toMatchObject({ listen: { host: '127.0.0.1', port: 8710 }, dir: join(home.dir, 'providers/rosa') });
  expect(config.passphraseFile).toBe(join(home.dir, 'secrets/rosa.passphrase'));

  // A second time nothing is left to do.
  expect((await register('--url', url, '--ask', '9', '--yes')).json<{ steps: string[] }>().steps).toEqual([]);
});

test('another address and speed change the registration, an inactive provider takes jobs again; the configuration stays', async () => {
  const terminal = recordingTerminal({ cwd: home.dir, env: { ENCRYPTECH_HOME: home.dir } });
  const there = homeOf(terminal, home.dir);
  const person = await findPerson(there, 'provider', 'rosa');
  const { writer, close } = await openWriter(home.client, person, await unlockWallet(terminal, there, person));
  await setProviderActive(writer, { active: false, key: 'off' });
  await close();
  const before = await readFile(file, 'utf8');
  const url = 'https://rosa.example';
  const changed = await register('--url', url, '--speed', '30000', '--yes');
  expect(changed.json<{ steps: string[] }>().steps).toEqual([
    `change the registration to ${url} with 30000 micro-units a second`,
    'take new jobs again',
  ]);
  expect(await facts()).toMatchObject({ registered: true, active: true, url, speed: 30_000n });
  expect(await readFile(file, 'utf8')).toBe(before);
});

test('what is no address, no speed or no provider is refused by name', async () => {
  const said = async (...argv: string[]) => (await register(...argv, '--yes')).json();
  expect(await said('--url', 'rosa.example')).toMatchObject({ code: 'cli.badOption', place: '--url' });
  expect(await said('--url', 'https://rosa.example', '--speed', '0')).toMatchObject({ place: '--speed' });
  const nobody = await home.say('provider', 'register', 'nobody', '--url', 'https://rosa.example', '--json');
  expect(nobody.json()).toMatchObject({ code: 'cli.noAccount' });
});
