import {
  accessManagerAbi,
  attestationsAbi,
  datasetsAbi,
  encTokenAbi,
  jobsAbi,
  providersAbi,
  stakingAbi,
  treasuryAbi,
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
  ...accessManagerAbi,
] as const;
