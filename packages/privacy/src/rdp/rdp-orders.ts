const tenths = Array.from({ length: 99 }, (_, i) => (11 + i) / 10);
const integers = Array.from({ length: 53 }, (_, i) => 11 + i);

/** The orders that `epsilonOf` tries with the accountant `rdp`: 1.1 to 10.9 by tenths, 11 to 63, 128, 256, 512, 1024. */
export const RDP_ORDERS: readonly number[] = [...tenths, ...integers, 128, 256, 512, 1024];
