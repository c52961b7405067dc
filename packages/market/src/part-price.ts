/** Part of an attempt's price for `done` of its `todo` steps, rounded down. Twin of `PriceMath.partDown`. */
export const partDown = (price: bigint, done: bigint, todo: bigint): bigint => (price * done) / todo;
