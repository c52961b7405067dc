import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { readProviderConfig } from './provider-config.ts';

const folder = mkdtempSync(join(tmpdir(), 'provider-config-'));
afterAll(() => rmSync(folder, { recursive: true }));
const network = {
  rpcUrl: 'http://127.0.0.1:8545',
  coordinatorUrl: 'http://127.0.0.1:8600',
  chainId: 31337,
  deployment: {},
  profile: 'embedded',
};
writeFileSync(join(folder, 'network.json'), JSON.stringify(network));
mkdirSync(join(folder, 'providers/rosa'), { recursive: true });
const config = {
  name: 'rosa',
  dir: '.',
  networkFile: '../../network.json',
  listen: { host: '127.0.0.1', port: 0 },
  publicUrl: 'http://127.0.0.1:8701',
  ask: '1000000000000000',
  speed: 2_000_000,
  maxUnits: '18446744073709551615',
  maxDurationSec: 3600,
  keystore: 'keystore.json',
};
const path = join(folder, 'providers/rosa/config.json');
const read = (change: object) => {
  writeFileSync(path, JSON.stringify({ ...config, ...change }));
  return readProviderConfig(path);
};

describe('readProviderConfig', () => {
  test('makes paths absolute from the file, amounts exact, and fills what was left out', async () => {
    expect(await read({ passphraseFile: '../../secrets/rosa' })).toEqual({
      name: 'rosa',
      dir: join(folder, 'providers/rosa'),
      network,
      listen: { host: '127.0.0.1', port: 0 },
      publicUrl: 'http://127.0.0.1:8701',
      ask: 1_000_000_000_000_000n,
      speed: 2_000_000n,
      maxUnits: 18_446_744_073_709_551_615n,
      maxDurationSec: 3600,
      workers: 1,
      keystore: join(folder, 'providers/rosa/keystore.json'),
      passphraseFile: join(folder, 'secrets/rosa'),
      developmentPkiSeedFile: undefined,
      threads: 1,
      workerMemoryMiB: 2048,
      offerValidSec: 3600,
      claims: { mode: 'on', worthTimes: 20, encPerCoin: 10n ** 22n },
      logLevel: 'info',
    });
    const claims = { mode: 'dry-run', encPerCoin: '2500000000000000000000' };
    expect((await read({ claims })).claims).toEqual({
      mode: 'dry-run',
      worthTimes: 20,
      encPerCoin: 2500n * 10n ** 18n,
    });
  });

  test.each([
    [{ ask: '1.5' }, 'ask'],
    [{ ask: -1 }, 'ask'],
    [{ maxUnits: '18446744073709551616' }, 'maxUnits'],
    [{ listen: { host: '127.0.0.1', port: 65_536 } }, 'listen.port'],
    [{ publicUrl: 'rosa.example' }, 'publicUrl'],
    [{ name: '../rosa' }, 'name'],
    [{ privateKey: '0x01' }, 'privateKey'],
    [{ keystore: undefined }, 'keystore'],
    [{ claims: { mode: 'sometimes' } }, 'claims.mode'],
    [{ claims: { worthTimes: 0 } }, 'claims.worthTimes'],
    [{ claims: { encPerCoin: '0.5' } }, 'claims.encPerCoin'],
  ])('%j is refused by name', async (change, place) => {
    await expect(read(change)).rejects.toMatchObject({ code: 'sdk.badConfig', place });
  });

  test('a network file that is missing is named', async () => {
    await expect(read({ networkFile: 'nowhere.json' })).rejects.toMatchObject({
      code: 'sdk.noFile',
      place: join(folder, 'providers/rosa/nowhere.json'),
    });
  });
});
