import { toFunctionSelector, type Abi, type Address, type Hex } from 'viem';
import * as abis from '../abis.ts';
import type { ContractName, Deployment } from '../deployment.ts';
import type { DeployConfig } from './deploy-config.ts';
import type { RoleName } from './roles.ts';

/** Who holds which role, with the delay in seconds at which it acts. */
export interface RoleHolder {
  role: RoleName;
  account: Address;
  delay: number;
}

/** The complete answer to "who may do what": what is not listed is nobody's. */
export interface RoleTable {
  holders: RoleHolder[];
  /** The roles whose scheduled operations the guardian may cancel. */
  guarded: RoleName[];
  /** Which role a restricted function asks for; every other function of a contract asks for ADMIN. */
  functions: { contract: ContractName; name: string; selector: Hex; role: RoleName }[];
  /** Seconds before a contract's own rules (roles of functions, closing) can be changed. */
  adminDelay: number;
}

/** ABI of each contract that the manager governs. */
export const governedAbis = {
  token: abis.encTokenAbi,
  treasury: abis.treasuryAbi,
  ecosystemFund: abis.treasuryAbi,
  staking: abis.stakingAbi,
  providers: abis.providersAbi,
  attestations: abis.attestationsAbi,
  datasets: abis.datasetsAbi,
  jobs: abis.jobsAbi,
  founderVesting: abis.founderVestingAbi,
  capacity: abis.capacityAbi,
  entitlements: abis.entitlementsAbi,
  emissions: abis.emissionsAbi,
  rewards: abis.rewardsAbi,
  faultEvidence: abis.faultEvidenceAbi,
  faults: abis.faultsAbi,
  vouchers: abis.vouchersAbi,
  prices: abis.pricesAbi,
  encUsdFeedA: abis.medianFeedAbi,
  encUsdFeedB: abis.medianFeedAbi,
  stablecoinDesk: abis.stablecoinDeskAbi,
  fiatGateway: abis.fiatGatewayAbi,
  versions: abis.versionsAbi,
} as const satisfies Partial<Record<ContractName, Abi>>;

export type GovernedContract = keyof typeof governedAbis;

/** `matchBatch` and what contracts call of one another ask for the role itself, not for a function's. */
const RESTRICTED: { [Name in GovernedContract]?: Record<string, RoleName> } = {
  jobs: { setParameters: 'parameters', pause: 'guardian', unpause: 'team' },
  attestations: { deny: 'guardian', allow: 'team', setThreshold: 'parameters', setLeastBond: 'parameters' },
  providers: { pause: 'guardian', unpause: 'team' },
  datasets: { pause: 'guardian', unpause: 'team' },
  treasury: { spend: 'treasurer', setBudget: 'team', setReserve: 'team' },
  ecosystemFund: { spend: 'treasurer', setBudget: 'team', setReserve: 'team' },
  token: { mint: 'minter' },
  founderVesting: { proposeRecovery: 'team' },
  emissions: { setParameters: 'parameters' },
  rewards: { setParameters: 'parameters' },
  faults: { setParameters: 'parameters', reduce: 'team' },
  vouchers: { setParameters: 'parameters', pause: 'guardian', unpause: 'team' },
  prices: { setAsset: 'parameters', removeAsset: 'parameters', setSequencer: 'parameters' },
  encUsdFeedA: { setFeed: 'parameters' },
  encUsdFeedB: { setFeed: 'parameters' },
  stablecoinDesk: { setCoin: 'parameters', setParameters: 'parameters', pause: 'guardian', unpause: 'team' },
  fiatGateway: { setParameters: 'parameters', pause: 'guardian', unpause: 'team' },
  versions: { announce: 'team', withdraw: 'guardian' },
};

/** The table that a deployment with this configuration must end with. */
export function roleTableOf(config: DeployConfig, contracts: Deployment['contracts']): RoleTable {
  const { team, delays } = config;
  const functions = Object.entries(RESTRICTED).flatMap(([contract, roles]) =>
    Object.entries(roles).map(([name, role]) => {
      const selector = selectorOf(contract as GovernedContract, name);
      return { contract: contract as GovernedContract, name, selector, role };
    }),
  );
  return {
    holders: [
      { role: 'admin', account: team, delay: delays.admin },
      { role: 'team', account: team, delay: delays.team },
      { role: 'parameters', account: config.parameters, delay: delays.parameters },
      { role: 'treasurer', account: config.treasurer, delay: delays.treasurer },
      { role: 'guardian', account: config.guardian, delay: 0 },
      ...config.verifiers.map((account): RoleHolder => ({ role: 'verifier', account, delay: 0 })),
      ...config.matchers.map((account): RoleHolder => ({ role: 'matcher', account, delay: 0 })),
      { role: 'jobs', account: contracts.jobs, delay: 0 },
      { role: 'minter', account: contracts.emissions, delay: 0 },
      { role: 'rewards', account: contracts.rewards, delay: 0 },
      { role: 'faults', account: contracts.faults, delay: 0 },
      ...config.auditors.map((account): RoleHolder => ({ role: 'auditor', account, delay: 0 })),
      { role: 'reserve', account: contracts.stablecoinDesk, delay: 0 },
      { role: 'reserve', account: contracts.fiatGateway, delay: 0 },
      ...config.processors.map((account): RoleHolder => ({ role: 'processor', account, delay: 0 })),
    ],
    guarded: ['team', 'parameters', 'treasurer'],
    functions,
    adminDelay: delays.admin,
  };
}

function selectorOf(contract: GovernedContract, name: string): Hex {
  const item = (governedAbis[contract] as Abi).find((entry) => entry.type === 'function' && entry.name === name);
  if (item?.type !== 'function') throw new TypeError(`${contract} has no function ${name}`);
  return toFunctionSelector(item);
}
