import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { readOwnerConfig } from './owner-config.ts';

const folder = mkdtempSync(join(tmpdir(), 'owner-config-'));
afterAll(() => rmSync(folder, { recursive: true }));
const network = {
  rpcUrl: 'http://127.0.0.1:8545',
  coordinatorUrl: 'http://127.0.0.1:8600',
  chainId: 31337,
  deployment: {},
  profile: 'embedded',
};
const developmentAnchor = {
  fingerprint: '0x9df0692e6d29b2a40631cd75ea0ce46206374edcb7a7950ce3180025c7088a00',
  certificate: '0x3082',
};
const config = { name: 'clinic', dir: '.', networkFile: 'network.json', keystore: 'keystore.json', production: false };
const read = (change: object, networkChange: object = {}) => {
  writeFileSync(join(folder, 'network.json'), JSON.stringify({ ...network, ...networkChange }));
  writeFileSync(join(folder, 'config.json'), JSON.stringify({ ...config, ...change }));
  return readOwnerConfig(join(folder, 'config.json'));
};

describe('readOwnerConfig', () => {
  test('makes paths absolute from the file and fills what was left out', async () => {
    expect(await read({}, { developmentAnchor })).toEqual({
      name: 'clinic',
      dir: folder,
      network: { ...network, developmentAnchor },
      keystore: join(folder, 'keystore.json'),
      passphraseFile: undefined,
      endorsementsDir: undefined,
      kem: 'x25519',
      production: false,
      grantValidSec: 86_400,
      anchorLogEverySec: 3600,
      logLevel: 'info',
    });
  });

  test('a production configuration refuses a development anchor', async () => {
    await expect(read({ production: true }, { developmentAnchor })).rejects.toMatchObject({
      code: 'attestation.developmentAnchor',
      data: { fingerprints: [developmentAnchor.fingerprint] },
    });
    await expect(read({ production: true }, { developmentAnchor, profile: 'production' })).rejects.toMatchObject({
      code: 'sdk.badConfig',
      place: 'developmentAnchor',
    });
    expect((await read({ production: true })).production).toBe(true);
  });

  test.each([
    [{ production: undefined }, 'production'],
    [{ policy: {} }, 'policy'],
    [{ grantValidSec: 59 }, 'grantValidSec'],
    [{ kem: 'kyber' }, 'kem'],
  ])('%j is refused by name', async (change, place) => {
    await expect(read(change)).rejects.toMatchObject({ code: 'sdk.badConfig', place });
  });
});
