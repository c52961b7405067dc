import { expect, test } from 'vitest';
import { CONTRACT_NAMES, parseDeployment } from './deployment.ts';

const contracts = Object.fromEntries(
  CONTRACT_NAMES.map((name) => [name, '0x00000000000000000000000000000000000000aa']),
);
const good = {
  ...{ version: 1, chainId: 31337, genesisHash: `0x${'ab'.repeat(32)}`, deployedAtBlock: 1, contracts },
  parameters: { adminDelaySec: 0 },
};

test('a deployment document is read with checksummed addresses', () => {
  expect(parseDeployment(good)).toMatchObject({ chainId: 31337, parameters: { adminDelaySec: 0 } });
  expect(parseDeployment(good).contracts.jobs).toBe('0x00000000000000000000000000000000000000AA');
});

test.each([
  [null, 'the document'],
  [[], 'the document'],
  [{ ...good, version: 2 }, 'version'],
  [{ ...good, chainId: 0 }, 'chainId'],
  [{ ...good, chainId: '1' }, 'chainId'],
  [{ ...good, deployedAtBlock: -1 }, 'deployedAtBlock'],
  [{ ...good, genesisHash: '0x12' }, 'genesisHash'],
  [{ ...good, contracts: undefined }, 'contracts'],
  [{ ...good, contracts: { ...contracts, jobs: '0x12' } }, 'contracts.jobs'],
  [{ ...good, contracts: { ...contracts, staking: undefined } }, 'contracts.staking'],
])('%j is refused at its fault', (document, place) => {
  expect(() => parseDeployment(document)).toThrow(expect.objectContaining({ code: 'chain.badDeployment', place }));
});
