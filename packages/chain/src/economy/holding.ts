/** What a contract says about the ENC that it holds: named sums in wei that must add up to its balance. */
export type Parts = Readonly<Record<string, bigint>>;

/** Sum of all parts, in wei. */
export const sumOf = (parts: Parts): bigint => Object.values(parts).reduce((sum, part) => sum + part, 0n);
