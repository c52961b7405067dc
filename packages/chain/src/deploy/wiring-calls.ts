import { encodeFunctionData, type Address, type Hex } from 'viem';
import { accessManagerAbi } from '../abis.ts';
import type { Deployment } from '../deployment.ts';
import { ROLES } from './roles.ts';
import type { RoleTable } from './role-table.ts';

/**
 * The calls of the AccessManager that turn the deployer's manager into the one of the table. They go into one transaction:
 * there is no moment at which some roles are given and others are not. The last one takes the deployer's own role away.
 */
export function wiringCalls(table: RoleTable, contracts: Deployment['contracts'], deployer: Address): Hex[] {
  const { admin, guardian } = ROLES;
  const calls: Hex[] = [];
  const push = (...call: Parameters<typeof encode>): void => void calls.push(encode(...call));

  for (const [name, role] of Object.entries(ROLES)) if (role !== admin) push('labelRole', [role, name.toUpperCase()]);
  for (const { contract, selector, role } of table.functions) {
    push('setTargetFunctionRole', [contracts[contract], [selector], ROLES[role]]);
  }
  for (const role of table.guarded) push('setRoleGuardian', [ROLES[role], guardian]);
  for (const { role, account, delay } of table.holders) push('grantRole', [ROLES[role], account, delay]);
  if (table.adminDelay > 0) {
    // The manager makes these count five days after they are set; until then the admin's own delay holds alone.
    const governed = new Set(table.functions.map(({ contract }) => contracts[contract]));
    for (const target of governed) push('setTargetAdminDelay', [target, table.adminDelay]);
    for (const role of new Set(table.holders.map(({ role }) => role))) {
      if (role !== 'admin') push('setGrantDelay', [ROLES[role], table.adminDelay]);
    }
  }
  push('renounceRole', [admin, deployer]);
  return calls;
}

type Setter =
  | 'labelRole'
  | 'setTargetFunctionRole'
  | 'setRoleGuardian'
  | 'grantRole'
  | 'setTargetAdminDelay'
  | 'setGrantDelay'
  | 'renounceRole';

const encode = (functionName: Setter, args: readonly unknown[]): Hex =>
  encodeFunctionData({ abi: accessManagerAbi, functionName, args } as Parameters<typeof encodeFunctionData>[0]);
