/** The roles of the one AccessManager, as contracts/src/libraries/Roles.sol numbers them. */
export const ROLES = {
  admin: 0n,
  team: 1n,
  parameters: 2n,
  treasurer: 3n,
  guardian: 4n,
  verifier: 5n,
  matcher: 6n,
  processor: 7n,
  jobs: 8n,
  minter: 9n,
  faults: 10n,
  reserve: 11n,
  auditor: 12n,
  rewards: 13n,
} as const;

export type RoleName = keyof typeof ROLES;

/** The role's name, or its number where this version knows none. */
export const roleNameOf = (id: bigint): string =>
  Object.entries(ROLES).find(([, value]) => value === id)?.[0] ?? id.toString();
