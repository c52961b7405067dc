import type { Hex } from '@encryptech/base';
import { getAddress, isAddress, isHash, type Address } from 'viem';
import { chainError } from './errors.ts';

/** The contracts of a deployment, by the name under which a {@link Deployment} lists them. */
export const CONTRACT_NAMES = [
  'accessManager',
  'token',
  'founderVesting',
  'treasury',
  'ecosystemFund',
  'staking',
  'providers',
  'attestations',
  'datasets',
  'capacity',
  'entitlements',
  'jobs',
  'emissions',
  'rewards',
  'faultEvidence',
  'faults',
  'vouchers',
  'prices',
  'encUsdFeedA',
  'encUsdFeedB',
  'stablecoinDesk',
  'fiatGateway',
  'versions',
] as const;

export type ContractName = (typeof CONTRACT_NAMES)[number];

/** Where the economy lives: what every party needs to know to take part. A public JSON document. */
export interface Deployment {
  version: 1;
  chainId: number;
  /** Tells an embedded chain from another one with the same id. */
  genesisHash: Hex;
  /** No event of these contracts is older. */
  deployedAtBlock: number;
  contracts: Readonly<Record<ContractName, Address>>;
  /** What was chosen at deployment and can't be read back: role delays; amounts as decimal strings. */
  parameters: Readonly<Record<string, string | number>>;
}

/**
 * The deployment in a parsed JSON value, with checksummed addresses.
 *
 * @throws `chain.badDeployment` at the member that is missing or wrong
 */
export function parseDeployment(value: unknown): Deployment {
  const document = objectAt(value, 'the document');
  if (document['version'] !== 1) throw bad('version', 'must be 1');
  const { chainId, deployedAtBlock, genesisHash } = document;
  if (!isCount(chainId) || chainId === 0) throw bad('chainId', 'must be a positive integer');
  if (!isCount(deployedAtBlock)) throw bad('deployedAtBlock', 'must be a non-negative integer');
  if (typeof genesisHash !== 'string' || !isHash(genesisHash)) throw bad('genesisHash', 'must be 32 bytes of hex');
  const listed = objectAt(document['contracts'], 'contracts');
  const contracts = {} as Record<ContractName, Address>;
  for (const name of CONTRACT_NAMES) {
    const address = listed[name];
    if (typeof address !== 'string' || !isAddress(address, { strict: false })) {
      throw bad(`contracts.${name}`, 'must be an address');
    }
    contracts[name] = getAddress(address);
  }
  const parameters = objectAt(document['parameters'] ?? {}, 'parameters') as Deployment['parameters'];
  return { version: 1, chainId, genesisHash, deployedAtBlock, contracts, parameters };
}

function objectAt(value: unknown, place: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw bad(place, 'must be an object');
  return value as Record<string, unknown>;
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

function bad(place: string, why: string): Error {
  return chainError({
    code: 'chain.badDeployment',
    message: `The deployment cannot be used: ${place} ${why}.`,
    place,
    hint: 'Take the document that the coordinator serves, or that `encryptech up` wrote.',
  });
}
