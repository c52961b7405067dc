import type { ContractName } from '../deployment.ts';

/** The least and the greatest value that a setter takes. */
export type Bounds = readonly [least: bigint, most: bigint];

const DAY = 86_400n;

/**
 * Bounds that a contract has in its code but in no view: constants of contracts/src. Contracts with a view
 * `parameterBounds` are asked instead.
 */
export const BOUNDS_IN_CODE: { readonly [Name in ContractName]?: Readonly<Record<string, Bounds>> } = {
  jobs: {
    startWindow: [5n, DAY],
    contestWindow0: [5n, 14n * DAY],
    contestWindow1: [5n, 14n * DAY],
    contestWindow2: [5n, 14n * DAY],
    contestWindow3: [5n, 14n * DAY],
    feeBps: [0n, 1_000n],
    stakeRatioBps: [100n, 50_000n],
  },
  attestations: {
    threshold: [1n, 16n],
    leastBond: [0n, 10_000_000n * 10n ** 18n],
  },
};
