import { expect, test } from 'vitest';
import { readNetworkFile } from './network-file.ts';

// printf '\x30\x82' | sha256sum
const DIGEST = '0x9df0692e6d29b2a40631cd75ea0ce46206374edcb7a7950ce3180025c7088a00';
const network = {
  rpcUrl: 'http://127.0.0.1:8545',
  coordinatorUrl: 'http://127.0.0.1:8600',
  chainId: 31337,
  deployment: { version: 1 },
  developmentAnchor: { fingerprint: DIGEST, certificate: '0x3082' },
  profile: 'embedded',
};

test('a network with a development anchor is an embedded one', async () => {
  expect(await readNetworkFile(network)).toEqual(network);
  await expect(readNetworkFile({ ...network, profile: 'production' })).rejects.toMatchObject({
    code: 'sdk.badConfig',
    place: 'developmentAnchor',
  });
});

test.each([
  [{ rpcUrl: 'file:///etc/passwd' }, 'rpcUrl'],
  [{ developmentAnchor: { fingerprint: '0x12', certificate: '0x3082' } }, 'developmentAnchor.fingerprint'],
  [
    { developmentAnchor: { fingerprint: `0x${'ab'.repeat(32)}`, certificate: '0x3082' } },
    'developmentAnchor.fingerprint',
  ],
  [{ developmentAnchor: `0x${'ab'.repeat(32)}` }, 'developmentAnchor'],
  [{ profile: 'test' }, 'profile'],
  [{ chainId: 0 }, 'chainId'],
])('%j is refused by name', async (change, place) => {
  await expect(readNetworkFile({ ...network, ...change })).rejects.toMatchObject({ code: 'sdk.badConfig', place });
});
