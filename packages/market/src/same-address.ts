export const ZERO_ADDRESS = '0x0000000000000000000000000000000000000000';

/** True when both spell the same account or id: checksums are only upper and lower case. */
export const sameAddress = (a: string, b: string): boolean => a === b || a.toLowerCase() === b.toLowerCase();
