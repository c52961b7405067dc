import { encodeDeployData, encodeFunctionData, getContractAddress, type Address, type Hex } from 'viem';
import * as abis from '../abis.ts';
import type { ContractName, Deployment } from '../deployment.ts';
import * as bytecodes from '../generated/bytecodes.ts';
import type { DeployConfig } from './deploy-config.ts';
import { roleTableOf } from './role-table.ts';
import { wiringCalls } from './wiring-calls.ts';

/** One transaction of a deployment. Its nonce is its place in the list. */
export interface DeployStep {
  name: string;
  to: Address | undefined;
  data: Hex;
}

/** The order of contracts/README.md: each contract is made after those that its constructor names. */
const ORDER: readonly ContractName[] = [
  'accessManager',
  'treasury',
  'ecosystemFund',
  'token',
  'founderVesting',
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
];

/** Answers of the feeds are in 10^-8 dollars, as Chainlink's are. */
const FEED_DECIMALS = 8;

/** Where a deployer that has sent nothing yet will make the contracts. */
export function addressesOf(deployer: Address): Deployment['contracts'] {
  const place = (name: ContractName, nonce: number) =>
    [name, getContractAddress({ from: deployer, nonce: BigInt(nonce) })] as const;
  return Object.fromEntries(ORDER.map(place)) as Record<ContractName, Address>;
}

/** All transactions of a deployment, in order. The same configuration and deployer give the same list. */
export function deploySteps(config: DeployConfig, deployer: Address): DeployStep[] {
  const at = addressesOf(deployer);
  const manager = at.accessManager;
  const create: Record<ContractName, Hex> = {
    accessManager: encodeDeployData({
      ...{ abi: abis.accessManagerAbi, bytecode: bytecodes.accessManagerBytecode, args: [deployer] },
    }),
    treasury: encodeDeployData({ abi: abis.treasuryAbi, bytecode: bytecodes.treasuryBytecode, args: [manager] }),
    ecosystemFund: encodeDeployData({ abi: abis.treasuryAbi, bytecode: bytecodes.treasuryBytecode, args: [manager] }),
    token: encodeDeployData({
      ...{ abi: abis.encTokenAbi, bytecode: bytecodes.encTokenBytecode },
      args: [manager, at.treasury, at.ecosystemFund, at.founderVesting],
    }),
    founderVesting: encodeDeployData({
      ...{ abi: abis.founderVestingAbi, bytecode: bytecodes.founderVestingBytecode },
      args: [
        ...[manager, at.token, BigInt(config.founders.startSec)],
        ...[config.founders.grants.map(({ account }) => account), config.founders.grants.map(({ amount }) => amount)],
      ] as never,
    }),
    staking: encodeDeployData({
      ...{ abi: abis.stakingAbi, bytecode: bytecodes.stakingBytecode },
      args: [manager, at.token, BigInt(config.staking.epochLengthSec), BigInt(config.staking.unbondingPeriodSec)],
    }),
    providers: encodeDeployData({
      ...{ abi: abis.providersAbi, bytecode: bytecodes.providersBytecode, args: [manager, at.staking] },
    }),
    attestations: encodeDeployData({
      ...{ abi: abis.attestationsAbi, bytecode: bytecodes.attestationsBytecode },
      args: [manager, at.token, at.treasury, config.attestations.leastBond],
    }),
    datasets: encodeDeployData({ abi: abis.datasetsAbi, bytecode: bytecodes.datasetsBytecode, args: [manager] }),
    capacity: encodeDeployData({
      ...{ abi: abis.capacityAbi, bytecode: bytecodes.capacityBytecode },
      args: [manager, at.staking, at.providers, at.attestations, BigInt(config.capacity.slots)],
    }),
    entitlements: encodeDeployData({
      ...{ abi: abis.entitlementsAbi, bytecode: bytecodes.entitlementsBytecode },
      args: [manager, at.staking, at.capacity],
    }),
    jobs: encodeDeployData({
      ...{ abi: abis.jobsAbi, bytecode: bytecodes.jobsBytecode },
      args: [
        ...[manager, at.token, at.staking, at.providers],
        ...[at.attestations, at.datasets, at.entitlements, at.treasury, config.jobs],
      ] as never,
    }),
    emissions: encodeDeployData({
      ...{ abi: abis.emissionsAbi, bytecode: bytecodes.emissionsBytecode },
      args: [manager, at.token, at.staking],
    }),
    rewards: encodeDeployData({
      ...{ abi: abis.rewardsAbi, bytecode: bytecodes.rewardsBytecode },
      args: [
        ...[manager, at.staking, at.providers, at.attestations],
        ...[at.capacity, at.emissions, config.rewards],
      ] as never,
    }),
    faultEvidence: encodeDeployData({
      ...{ abi: abis.faultEvidenceAbi, bytecode: bytecodes.faultEvidenceBytecode },
      args: [manager, at.jobs, at.staking, at.providers, at.attestations, at.datasets, at.capacity],
    }),
    faults: encodeDeployData({
      ...{ abi: abis.faultsAbi, bytecode: bytecodes.faultsBytecode },
      args: [
        ...[manager, at.token, at.jobs, at.staking],
        ...[at.providers, at.faultEvidence, at.treasury, config.faults],
      ] as never,
    }),
    vouchers: encodeDeployData({
      ...{ abi: abis.vouchersAbi, bytecode: bytecodes.vouchersBytecode },
      args: [manager, at.token, at.treasury, config.vouchers],
    }),
    prices: encodeDeployData({ abi: abis.pricesAbi, bytecode: bytecodes.pricesBytecode, args: [manager] }),
    encUsdFeedA: feed(manager, config, 'ENC / USD (A)'),
    encUsdFeedB: feed(manager, config, 'ENC / USD (B)'),
    stablecoinDesk: encodeDeployData({
      ...{ abi: abis.stablecoinDeskAbi, bytecode: bytecodes.stablecoinDeskBytecode },
      args: [manager, at.token, at.treasury, at.prices, config.stablecoinDesk],
    }),
    fiatGateway: encodeDeployData({
      ...{ abi: abis.fiatGatewayAbi, bytecode: bytecodes.fiatGatewayBytecode },
      args: [manager, at.token, at.treasury, at.prices, config.fiatGateway],
    }),
    versions: encodeDeployData({
      ...{ abi: abis.versionsAbi, bytecode: bytecodes.versionsBytecode },
      args: [manager, at.staking, BigInt(config.versions.delaySec)],
    }),
  };
  const wiring = encodeFunctionData({
    ...{ abi: abis.accessManagerAbi, functionName: 'multicall' },
    args: [wiringCalls(roleTableOf(config, at), at, deployer)],
  });
  return [
    ...ORDER.map((name) => ({ name, to: undefined, data: create[name] })),
    { name: 'roles', to: manager, data: wiring },
  ];
}

function feed(manager: Address, { encUsdFeed: { reporters, ...terms } }: DeployConfig, description: string): Hex {
  return encodeDeployData({
    ...{ abi: abis.medianFeedAbi, bytecode: bytecodes.medianFeedBytecode },
    args: [manager, description, FEED_DECIMALS, terms, [...reporters]],
  });
}
