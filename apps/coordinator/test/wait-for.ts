import { vi } from 'vitest';

/** Looks until it holds; what it saw then. */
export const waitFor = <T>(look: () => Promise<T>): Promise<T> => vi.waitFor(look, { timeout: 20_000, interval: 30 });
