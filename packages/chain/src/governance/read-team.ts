import type { Address } from 'viem';
import type { ChainClient } from '../client/create-chain-client.ts';
import { readRoles } from '../deploy/read-roles.ts';
import { roleNameOf, ROLES } from '../deploy/roles.ts';
import { readParameters, type Parameter } from './read-parameters.ts';
import { readScheduled, type ScheduledCall } from './read-scheduled.ts';

/** A role with those who hold it and the seconds between scheduling and executing. */
export interface TeamRole {
  role: string;
  holders: { account: Address; delaySec: number }[];
  /** Which role may cancel what this one scheduled. */
  guardian: string;
  /** What it may call: `jobs.setParameters`. */
  functions: string[];
}

/** All that the team may do, read from the chain. */
export interface Team {
  roles: TeamRole[];
  parameters: (Parameter & { role: string; delaySec: number | undefined })[];
  scheduled: ScheduledCall[];
  /** Contracts whose functions for roles are closed. */
  closed: string[];
}

/** Who may change what, within which bounds, after which delay, and what is on its way: from the chain's own state. */
export async function readTeam(client: ChainClient): Promise<Team> {
  const [found, sets, scheduled] = await Promise.all([
    readRoles(client),
    readParameters(client),
    readScheduled(client),
  ]);
  const guardians = new Map(found.relations.map(({ role, guardian }) => [role, roleNameOf(guardian)]));
  const roles = Object.entries(ROLES).map(([role, id]): TeamRole => ({
    role,
    holders: found.holders
      .filter((holder) => holder.role === id)
      .map(({ account, delay }) => ({ account, delaySec: delay })),
    guardian: guardians.get(id) ?? 'admin',
    functions: found.functions
      // What is mapped to nobody asks for ADMIN by default; most of it is no function of an administrator at all.
      .filter((fn) => id !== ROLES.admin && fn.role === id)
      .map(({ contract, name }) => `${contract}.${name}`),
  }));
  const parameters = sets.flatMap(({ members }) =>
    members.map((member) => {
      const setter = found.functions.find((fn) => fn.contract === member.contract && fn.name === member.setter);
      const role = roleNameOf(setter?.role ?? ROLES.admin);
      const delays = roles.find((one) => one.role === role)?.holders.map(({ delaySec }) => delaySec) ?? [];
      return { ...member, role, delaySec: delays.length === 0 ? undefined : Math.min(...delays) };
    }),
  );
  const closed = found.targets.filter((target) => target.closed).map(({ contract }) => contract);
  return { roles, parameters, scheduled, closed };
}
