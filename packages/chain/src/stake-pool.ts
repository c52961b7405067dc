/** The pools of Staking: `reserve` for data owners and developers, `provide` for providers, at risk. */
export const STAKE_POOLS = { reserve: 0, provide: 1 } as const;

export type StakePool = keyof typeof STAKE_POOLS;
