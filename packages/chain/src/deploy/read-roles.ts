import { getAbiItem, parseEventLogs, toFunctionSelector, type Abi, type Address, type Hex } from 'viem';
import { accessManagerAbi, attestationsAbi } from '../abis.ts';
import type { ChainClient } from '../client/create-chain-client.ts';
import { decodingErrors } from '../client/decode-chain-error.ts';
import { governedAbis, type GovernedContract } from './role-table.ts';

/** The roles as the chain has them now. */
export interface RolesOnChain {
  holders: { role: bigint; account: Address; delay: number }[];
  /** Role that may cancel each role's scheduled operations, and role that grants it. */
  relations: { role: bigint; guardian: bigint; admin: bigint }[];
  /** What every state-changing function of every contract asks for. */
  functions: { contract: GovernedContract; name: string; selector: Hex; role: bigint }[];
  targets: { contract: GovernedContract; authority: Address; closed: boolean; adminDelay: number }[];
}

/**
 * Reads the whole role table from the chain's state. Events only say which accounts to ask about; what counts is what the
 * manager answers for each of them.
 */
export async function readRoles(client: ChainClient): Promise<RolesOnChain> {
  const { public: node, deployment } = client;
  const { contracts } = deployment;
  const manager = { address: contracts.accessManager, abi: accessManagerAbi } as const;

  const granted = getAbiItem({ abi: accessManagerAbi, name: 'RoleGranted' });
  const fromBlock = BigInt(deployment.deployedAtBlock);
  const logs = await decodingErrors(
    node.getLogs({ address: manager.address, event: granted, fromBlock, toBlock: 'latest' }),
  );
  const grants = parseEventLogs({ abi: accessManagerAbi, logs, eventName: 'RoleGranted' });
  const asked = new Map(grants.map(({ args }) => [`${args.roleId} ${args.account}`, args]));

  const holders = await Promise.all(
    [...asked.values()].map(async ({ roleId, account }) => {
      const args = [roleId, account] as const;
      const [member, delay] = await node.readContract({ ...manager, functionName: 'hasRole', args });
      return { member, role: roleId, account, delay };
    }),
  );
  const relations = await Promise.all(
    [...new Set(grants.map(({ args }) => args.roleId))].map(async (role) => ({
      role,
      guardian: await node.readContract({ ...manager, functionName: 'getRoleGuardian', args: [role] }),
      admin: await node.readContract({ ...manager, functionName: 'getRoleAdmin', args: [role] }),
    })),
  );
  const governed = Object.keys(governedAbis) as GovernedContract[];
  const functions = await Promise.all(
    governed.flatMap((contract) =>
      (governedAbis[contract] as Abi).flatMap(async (item) => {
        if (item.type !== 'function' || item.stateMutability === 'view' || item.stateMutability === 'pure') return [];
        const selector = toFunctionSelector(item);
        const args = [contracts[contract], selector] as const;
        const role = await node.readContract({ ...manager, functionName: 'getTargetFunctionRole', args });
        return [{ contract, name: item.name, selector, role }];
      }),
    ),
  );
  const targets = await Promise.all(
    governed.map(async (contract) => {
      const address = contracts[contract];
      return {
        contract,
        // Every governed contract has this function.
        authority: await node.readContract({ address, abi: attestationsAbi, functionName: 'authority' }),
        closed: await node.readContract({ ...manager, functionName: 'isTargetClosed', args: [address] }),
        adminDelay: await node.readContract({ ...manager, functionName: 'getTargetAdminDelay', args: [address] }),
      };
    }),
  );
  return {
    holders: holders.filter(({ member }) => member).map(({ role, account, delay }) => ({ role, account, delay })),
    relations,
    functions: functions.flat(),
    targets,
  };
}
