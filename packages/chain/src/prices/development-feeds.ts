import type { Address } from 'viem';
import type { Deployment } from '../deployment.ts';

/** What an embedded chain prices: made-up prices, the same on every such chain, in 10^-8 dollars. */
export interface DevelopmentFeed {
  name: string;
  priceE8: bigint;
  /** Two feeds each; none on a chain that was not set up so. */
  feeds(deployment: Pick<Deployment, 'contracts' | 'parameters'>): Address[];
}

/** ENC at a quarter of a dollar, and the development coin at a dollar. No market is behind either. */
export const DEVELOPMENT_FEEDS: readonly DevelopmentFeed[] = [
  { name: 'ENC', priceE8: 25_000_000n, feeds: ({ contracts }) => [contracts.encUsdFeedA, contracts.encUsdFeedB] },
  {
    name: 'devUSD',
    priceE8: 100_000_000n,
    feeds: ({ parameters }) =>
      ['developmentDollarFeedA', 'developmentDollarFeedB'].flatMap((name) =>
        typeof parameters[name] === 'string' ? [parameters[name] as Address] : [],
      ),
  },
];
