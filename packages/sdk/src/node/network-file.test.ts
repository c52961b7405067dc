import { expect, test } from 'vitest';
import { readNetworkFile } from './network-file.ts';

const network = {
  rpcUrl: 'http://127.0.0.1:8545',
  coordinatorUrl: 'http://127.0.0.1:8600',
  chainId: 31337,
  deployment: { version: 1 },
  developmentAnchor: { fingerprint: `0x${'ab'.repeat(32)}`, certificate: '0x3082' },
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
  [{ developmentAnchor: `0x${'ab'.repeat(32)}` }, 'developmentAnchor'],
  [{ profile: 'test' }, 'profile'],
  [{ chainId: 0 }, 'chainId'],
])('%j is refused by name', async (change, place) => {
  await expect(readNetworkFile({ ...network, ...change })).rejects.toMatchObject({ code: 'sdk.badConfig', place });
});
