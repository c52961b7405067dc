/** Time limits for tests of whole networks: many real processes on two shared cores. Pass it to `vi.setConfig`. */
export const PATIENCE = { testTimeout: 240_000, hookTimeout: 240_000 };
