const BPS = 10_000n;

/** The treasury's part of a price, rounded up; never above the price for `feeBps` ≤ 10,000. Twin of `PriceMath.feeUp`. */
export const feeUp = (price: bigint, feeBps: bigint): bigint => (price * feeBps + BPS - 1n) / BPS;
