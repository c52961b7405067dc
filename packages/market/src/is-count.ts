/** True for a whole number from zero on: what a known count, level or time is. */
export const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

/** True for a whole amount from zero on. */
export const isAmount = (value: unknown): value is bigint => typeof value === 'bigint' && value >= 0n;
