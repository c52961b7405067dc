import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { encodeFunctionData } from 'viem';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startNetwork, type TestNetwork } from '../../test/start-network.ts';
import { accessManagerAbi, encTokenAbi, jobsAbi } from '../abis.ts';
import { deploy } from './deploy.ts';
import { deployEmbedded } from './deploy-embedded.ts';
import { embeddedDeployConfig } from './embedded-deploy-config.ts';
import { assertRoles } from './assert-roles.ts';
import { roleTableOf } from './role-table.ts';
import { readRoles } from './read-roles.ts';
import { ROLES } from './roles.ts';

let net: TestNetwork;
beforeAll(async () => {
  net = await startNetwork();
});
afterAll(() => net.stop());

test('the token made its genesis and the parameters are those of the configuration', async () => {
  const { client, deployment } = net;
  const read = (functionName: 'balanceOf', holder: 'treasury' | 'ecosystemFund') =>
    client.public.readContract({
      ...{ address: deployment.contracts.token, abi: encTokenAbi, functionName },
      args: [deployment.contracts[holder]],
    });
  expect(await read('balanceOf', 'treasury')).toBe(300_000_000_000000000000000000n);
  // A thousand of 200 M are the verifier's bond.
  expect(await read('balanceOf', 'ecosystemFund')).toBe(199_999_000_000000000000000000n);
  const { jobs } = deployment.contracts;
  expect(await client.public.readContract({ address: jobs, abi: jobsAbi, functionName: 'parameters' })).toMatchObject({
    ...{ startWindow: 60, contestWindow0: 8, contestWindow3: 5, feeBps: 500, stakeRatioBps: 5000 },
  });
  expect(deployment.parameters).toMatchObject({ epochLengthSec: 60, adminDelaySec: 0 });
  expect(deployment.deployedAtBlock).toBe(1);
});

test('the deployer keeps no role', async () => {
  const { client, chain } = net;
  const deployer = chain.keys.named('deployer').address;
  expect((await readRoles(client)).holders.filter(({ account }) => account === deployer)).toEqual([]);
  const team = chain.keys.named('team').address;
  expect((await readRoles(client)).holders).toContainEqual({ role: 0n, account: team, delay: 0 });
});

test('a second call only checks', async () => {
  const blocks = await net.client.public.getBlockNumber();
  expect(await deployEmbedded(net.chain, { dir: net.dir })).toEqual(net.deployment);
  const again = await deploy(embeddedDeployConfig(net.chain.keys), {
    ...{ rpcUrl: net.chain.rpcUrl, deployer: net.chain.keys.named('deployer') },
  });
  // The coin's and its feeds' addresses come with the set-up afterwards.
  expect(again.contracts).toEqual(net.deployment.contracts);
  expect(net.deployment.parameters).toMatchObject(again.parameters);
  expect(await net.client.public.getBlockNumber()).toBe(blocks);
});

test('another configuration than the deployed one is noticed', async () => {
  const config = embeddedDeployConfig(net.chain.keys);
  const changed = { ...config, jobs: { ...config.jobs, feeBps: 700 } };
  const options = { rpcUrl: net.chain.rpcUrl, deployer: net.chain.keys.named('deployer') };
  await expect(deploy(changed, options)).rejects.toMatchObject({
    ...{ code: 'chain.badDeployment', data: { differences: ['jobs.feeBps is 500, not 700'] } },
  });
});

test('role left with the deployer: any role beyond the table is a mismatch, also one given later', async () => {
  const { client, chain, deployment } = net;
  const snapshot = await chain.client.snapshot();
  const table = roleTableOf(embeddedDeployConfig(chain.keys), deployment.contracts);
  await assertRoles(client, table);
  const stranger = chain.keys.user(9).address;
  const manager = deployment.contracts.accessManager;
  const calls = [
    encodeFunctionData({ abi: accessManagerAbi, functionName: 'grantRole', args: [ROLES.minter, stranger, 0] }),
    encodeFunctionData({
      ...{ abi: accessManagerAbi, functionName: 'setTargetFunctionRole' },
      args: [deployment.contracts.jobs, ['0x8456cb59'], ROLES.team],
    }),
    encodeFunctionData({
      ...{ abi: accessManagerAbi, functionName: 'setTargetClosed', args: [deployment.contracts.datasets, true] },
    }),
    encodeFunctionData({
      ...{ abi: accessManagerAbi, functionName: 'revokeRole' },
      args: [ROLES.matcher, chain.keys.named('matcher').address],
    }),
  ];
  const team = net.writer(chain.keys.named('team'));
  const data = encodeFunctionData({ abi: accessManagerAbi, functionName: 'multicall', args: [calls] });
  await team.send({ key: 'meddle', to: manager, data });
  await expect(assertRoles(client, table)).rejects.toMatchObject({
    code: 'chain.roleMismatch',
    data: {
      differences: [
        `unwanted: ${stranger} holds minter with delay 0`,
        `missing: ${chain.keys.named('matcher').address} holds matcher with delay 0`,
        'jobs.pause asks for team',
        'datasets is closed',
      ],
    },
  });
  await chain.client.revert({ id: snapshot });
});

test('a deployment that was cut off goes on where it stopped', async () => {
  const { chain } = net;
  const deployer = chain.keys.user(20);
  const config = embeddedDeployConfig(chain.keys);
  // The node takes five transactions, then the line is dead.
  let taken = 0;
  const proxy = createServer((request, response) => {
    let body = '';
    request.on('data', (part: Buffer) => (body += part.toString()));
    request.on('end', () => {
      if (body.includes('eth_sendRawTransaction') && ++taken > 5) return void request.socket.destroy();
      void fetch(chain.rpcUrl, { method: 'POST', body, headers: { 'content-type': 'application/json' } })
        .then((answer) => answer.text())
        .then((text) => response.end(text));
    });
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const { port } = proxy.address() as { port: number };
  await expect(deploy(config, { rpcUrl: `http://127.0.0.1:${port}`, deployer })).rejects.toMatchObject({
    code: 'chain.unreachable',
  });
  proxy.close();
  expect(await chain.client.getTransactionCount({ address: deployer.address })).toBe(5);
  const { contracts } = await deploy(config, { rpcUrl: chain.rpcUrl, deployer });
  expect(contracts.jobs).not.toBe(net.deployment.contracts.jobs);
  expect(await chain.client.getTransactionCount({ address: deployer.address })).toBe(24);
});

test('a deployer that was used before is refused', async () => {
  const { chain } = net;
  const used = chain.keys.user(21);
  const writer = net.writer(used);
  for (let i = 0; i < 30; i++) await writer.send({ key: `${i}`, to: used.address, data: '0x' });
  const options = { rpcUrl: chain.rpcUrl, deployer: used };
  await expect(deploy(embeddedDeployConfig(chain.keys), options)).rejects.toMatchObject({
    code: 'chain.badDeployment',
  });
});

test('roles with delays: the delays are on the chain and the check knows them', async () => {
  const { chain } = net;
  const base = embeddedDeployConfig(chain.keys);
  const config = { ...base, delays: { admin: 86_400, team: 43_200, parameters: 3_600, treasurer: 7_200 } };
  const deployer = chain.keys.user(22);
  const deployment = await deploy(config, { rpcUrl: chain.rpcUrl, deployer });
  expect(deployment.parameters).toMatchObject({ adminDelaySec: 86_400, treasurerDelaySec: 7_200 });
});

test('the role numbers are those of the contracts', () => {
  const file = join(import.meta.dirname, '../../../../contracts/src/libraries/Roles.sol');
  const constants = [...readFileSync(file, 'utf8').matchAll(/uint64 internal constant (\w+) = (\d+);/g)];
  expect(constants.length).toBeGreaterThan(5);
  const solidity = Object.fromEntries(constants.map(([, name, id]) => [name!.toLowerCase(), BigInt(id!)]));
  expect({ admin: 0n, ...solidity }).toEqual(ROLES);
});
