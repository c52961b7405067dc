/** A pot of stake: what is in it and how many shares divide it. */
export interface Pot {
  readonly totalAssets: bigint;
  readonly totalShares: bigint;
}

/**
 * Shares for assets that come into a pot, rounded down: floor(a · (S + 1)/(A + 1)). The virtual share and the virtual wei
 * give an empty pot a price and keep a tiny one from being inflated. Twin of `ShareMath.toSharesDown`.
 */
export const toSharesDown = (assets: bigint, { totalAssets, totalShares }: Pot): bigint =>
  (assets * (totalShares + 1n)) / (totalAssets + 1n);

/** Shares that assets which leave a pot cost, rounded up. Twin of `ShareMath.toSharesUp`. */
export const toSharesUp = (assets: bigint, { totalAssets, totalShares }: Pot): bigint =>
  (assets * (totalShares + 1n) + totalAssets) / (totalAssets + 1n);

/** Worth of shares of a pot, rounded down: floor(s · (A + 1)/(S + 1)). Twin of `ShareMath.toAssetsDown`. */
export const toAssetsDown = (shares: bigint, { totalAssets, totalShares }: Pot): bigint =>
  (shares * (totalAssets + 1n)) / (totalShares + 1n);
