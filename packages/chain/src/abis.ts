import {
  accessManagerAbi,
  attestationsAbi,
  datasetsAbi,
  encTokenAbi,
  fiatGatewayAbi,
  jobsAbi,
  medianFeedAbi,
  pricesAbi,
  providersAbi,
  stablecoinDeskAbi,
  stakingAbi,
  treasuryAbi,
  versionsAbi,
  vouchersAbi,
} from './generated/abis.ts';

export * from './generated/abis.ts';

/** All functions, events and errors of all contracts: for decoding what may come from any of them. */
export const everyAbi = [
  ...jobsAbi,
  ...datasetsAbi,
  ...providersAbi,
  ...stakingAbi,
  ...attestationsAbi,
  ...encTokenAbi,
  ...treasuryAbi,
  ...vouchersAbi,
  ...pricesAbi,
  ...medianFeedAbi,
  ...stablecoinDeskAbi,
  ...fiatGatewayAbi,
  ...versionsAbi,
  ...accessManagerAbi,
] as const;
