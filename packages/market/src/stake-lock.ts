const BPS = 10_000n;

/** Wei of stake that a price locks, rounded up. Twin of `PriceMath.lockUp`. */
export const lockUp = (price: bigint, ratioBps: bigint): bigint => (price * ratioBps + BPS - 1n) / BPS;
