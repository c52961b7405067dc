import { isAddressEqual } from 'viem';
import type { ChainClient } from '../client/create-chain-client.ts';
import { chainError } from '../errors.ts';
import { readRoles, type RolesOnChain } from './read-roles.ts';
import type { RoleTable } from './role-table.ts';
import { roleNameOf, ROLES } from './roles.ts';

/**
 * Resolves when the roles on the chain are exactly those of the table: nobody holds more, no function asks for another role,
 * no contract is closed or obeys another manager.
 *
 * @throws `chain.roleMismatch` with each difference in `data`
 */
export async function assertRoles(client: ChainClient, table: RoleTable): Promise<void> {
  const differences = differencesOf(await readRoles(client), table, client);
  if (differences.length === 0) return;
  throw chainError({
    code: 'chain.roleMismatch',
    message: `The roles on the chain differ from the intended ones in ${differences.length} points.`,
    hint: 'Do not use this deployment before every difference is explained.',
    data: { differences },
  });
}

function differencesOf(found: RolesOnChain, table: RoleTable, { deployment }: ChainClient): string[] {
  const { contracts } = deployment;
  const held = found.holders.map(
    ({ role, account, delay }) => `${account} holds ${roleNameOf(role)} with delay ${delay}`,
  );
  const wanted = table.holders.map(({ role, account, delay }) => `${account} holds ${role} with delay ${delay}`);
  const roleOf = new Map(
    table.functions.map(({ contract, selector, role }) => [`${contract} ${selector}`, ROLES[role]]),
  );
  const guarded = new Set<bigint>(table.guarded.map((role) => ROLES[role]));
  return [
    ...held.filter((line) => !wanted.includes(line)).map((line) => `unwanted: ${line}`),
    ...wanted.filter((line) => !held.includes(line)).map((line) => `missing: ${line}`),
    ...found.functions
      .filter(({ contract, selector, role }) => role !== (roleOf.get(`${contract} ${selector}`) ?? ROLES.admin))
      .map(({ contract, name, role }) => `${contract}.${name} asks for ${roleNameOf(role)}`),
    ...found.relations
      .filter(({ role, guardian }) => guardian !== (guarded.has(role) ? ROLES.guardian : ROLES.admin))
      .map(({ role, guardian }) => `${roleNameOf(role)} is guarded by ${roleNameOf(guardian)}`),
    ...found.relations
      .filter(({ admin }) => admin !== ROLES.admin)
      .map(({ role, admin }) => `${roleNameOf(role)} is granted by ${roleNameOf(admin)}`),
    ...found.targets
      .filter(({ authority }) => !isAddressEqual(authority, contracts.accessManager))
      .map(({ contract, authority }) => `${contract} obeys ${authority}`),
    ...found.targets.filter(({ closed }) => closed).map(({ contract }) => `${contract} is closed`),
  ];
}
