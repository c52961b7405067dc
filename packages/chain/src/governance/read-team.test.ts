import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startNetwork, type TestNetwork } from '../../test/start-network.ts';
import { createChainClient, type ChainClient } from '../client/create-chain-client.ts';
import type { ChainWriter } from '../client/chain-writer.ts';
import { createWalletWriter } from '../client/create-wallet-writer.ts';
import { deploy } from '../deploy/deploy.ts';
import { embeddedDeployConfig } from '../deploy/embedded-deploy-config.ts';
import { jobParameters } from '../read/job-parameters.ts';
import { cancelCall } from './cancel-call.ts';
import { executeCall } from './execute-call.ts';
import { BOUNDS_IN_CODE } from './parameter-bounds.ts';
import { planChange } from './plan-change.ts';
import { readTeam } from './read-team.ts';
import { scheduleCall } from './schedule-call.ts';
import { createWalletClient, http } from 'viem';
import type { EmbeddedKeyName } from '../embedded/chain-keys.ts';

let net: TestNetwork;
let client: ChainClient;
const writerOf = (name: EmbeddedKeyName): ChainWriter =>
  createWalletWriter(
    client,
    createWalletClient({ account: net.chain.keys.named(name), transport: http(net.chain.rpcUrl) }),
  );

beforeAll(async () => {
  net = await startNetwork();
  const base = embeddedDeployConfig(net.chain.keys);
  const config = { ...base, delays: { admin: 86_400, team: 43_200, parameters: 3_600, treasurer: 7_200 } };
  const options = { rpcUrl: net.chain.rpcUrl, deployer: net.chain.keys.user(30) };
  client = createChainClient({ rpcUrl: net.chain.rpcUrl, deployment: await deploy(config, options), pollMs: 10 });
});
afterAll(() => net.stop());

test('every parameter shows its value, its bounds, who may change it and how long that takes', async () => {
  const { parameters, roles, scheduled, closed } = await readTeam(client);
  expect(parameters.find(({ name }) => name === 'jobs.feeBps')).toEqual({
    ...{ name: 'jobs.feeBps', contract: 'jobs', member: 'feeBps', value: 500n, bounds: [0n, 1_000n] },
    setter: 'setParameters',
    ...{ role: 'parameters', delaySec: 3_600 },
  });
  expect(parameters.filter(({ contract }) => contract === 'jobs')).toHaveLength(7);
  expect(parameters.filter(({ contract }) => contract === 'attestations')).toMatchObject([
    { member: 'leastBond', value: 1_000n * 10n ** 18n, setter: 'setLeastBond', role: 'parameters' },
    { member: 'threshold', value: 1n, bounds: [1n, 16n], setter: 'setThreshold', role: 'parameters' },
  ]);
  expect(parameters.filter(({ bounds }) => bounds === undefined)).toEqual([]);
  for (const { name, value, bounds } of parameters) {
    expect(value >= bounds![0] && value <= bounds![1], name).toBe(true);
  }
  const treasurer = roles.find(({ role }) => role === 'treasurer')!;
  expect(treasurer.holders).toEqual([{ account: net.chain.keys.named('treasurer').address, delaySec: 7_200 }]);
  expect(treasurer.guardian).toBe('guardian');
  expect(treasurer.functions).toContain('treasury.spend');
  expect(roles.find(({ role }) => role === 'guardian')!.functions).toContain('jobs.pause');
  expect([scheduled, closed]).toEqual([[], []]);
});

test('a number with a setter of its own is changed by that, within its bounds', async () => {
  expect(await planChange(client, 'attestations.leastBond', ['2000'])).toMatchObject({
    ...{ functionName: 'setLeastBond', words: 'attestations.leastBond from 1000000000000000000000 to 2000' },
  });
  await expect(planChange(client, 'attestations.threshold', ['17'])).rejects.toMatchObject({ code: 'chain.badChange' });
});

test('a change is scheduled, waits, and is made by whoever scheduled it; the other parameters stay', async () => {
  const before = await jobParameters(client);
  const change = await planChange(client, 'jobs.feeBps', ['400']);
  expect(change).toMatchObject({ words: 'jobs.feeBps from 500 to 400', role: 2n });
  const team = writerOf('team');
  await expect(executeCall(team, { ...change, key: 'early' })).rejects.toMatchObject({
    code: 'chain.accessManagerNotScheduled',
  });
  await scheduleCall(team, { ...change, key: 'schedule' });
  const [waiting] = (await readTeam(client)).scheduled;
  expect(waiting).toMatchObject({ contract: 'jobs', functionName: 'setParameters', isReady: false });
  expect(waiting!.args[0]).toMatchObject({ feeBps: 400, startWindow: 60 });
  await expect(executeCall(team, { ...change, key: 'soon' })).rejects.toMatchObject({
    code: 'chain.accessManagerNotReady',
  });
  await net.chain.advanceTime(3_601);
  expect((await readTeam(client)).scheduled[0]!.isReady).toBe(true);
  await executeCall(team, { ...change, key: 'execute' });
  expect(await jobParameters(client)).toEqual({ ...before, feeBps: 400 });
  expect((await readTeam(client)).scheduled).toEqual([]);
});

test('the guardian cancels what is scheduled, and pauses at once', async () => {
  const change = await planChange(client, 'jobs.stakeRatioBps', ['9000']);
  const team = writerOf('team');
  await scheduleCall(team, { ...change, key: 'schedule' });
  await cancelCall(writerOf('guardian'), { ...change, caller: team.account, key: 'cancel' });
  expect((await readTeam(client)).scheduled).toEqual([]);
  const pause = await planChange(client, 'jobs.pause', []);
  await executeCall(writerOf('guardian'), { ...pause, key: 'pause' });
  const unpause = await planChange(client, 'jobs.unpause', []);
  await expect(executeCall(writerOf('guardian'), { ...unpause, key: 'unpause' })).rejects.toMatchObject({
    code: 'chain.accessManagerUnauthorizedCall',
  });
});

test.each([
  ['jobs.feeBps', ['1001'], 'jobs.feeBps must lie between 0 and 1000.'],
  ['jobs.feeBps', ['4.5'], 'jobs.feeBps takes one whole number.'],
  ['jobs.feeBps', [], 'jobs.feeBps takes one whole number.'],
  ['jobs.balanceOf', ['0x00'], 'There is nothing named "jobs.balanceOf" to change.'],
  ['jobs', [], 'There is nothing named "jobs" to change.'],
  ['bank.feeBps', ['1'], 'There is nothing named "bank.feeBps" to change.'],
  ['treasury.setBudget', ['0x00'], 'treasury.setBudget takes 2 values: token (address), limit (uint112).'],
  ['treasury.setBudget', ['0x12', '5'], 'The values do not fit: treasury.setBudget(0x12, 5).'],
  ['treasury.setBudget', ['me', '5'], '"me" is no address for token of treasury.setBudget.'],
])('%s %j is refused with the next step', async (what, values, message) => {
  await expect(planChange(client, what, values)).rejects.toMatchObject({
    ...{ code: 'chain.badChange', message },
    hint: expect.stringContaining('encryptech team show') as string,
  });
});

test('bounds that this package repeats are those of the contract', () => {
  const file = join(import.meta.dirname, '../../../../contracts/src/libraries/JobParameters.sol');
  const source = readFileSync(file, 'utf8');
  const units: Record<string, bigint> = { seconds: 1n, days: 86_400n };
  const constants = Object.fromEntries(
    [...source.matchAll(/uint256 internal constant (\w+) = ([\d_]+)(?: (\w+))?;/g)].map(([, name, digits, unit]) => [
      name!,
      BigInt(digits!.replaceAll('_', '')) * (unit === undefined ? 1n : units[unit]!),
    ]),
  );
  const { MIN_WINDOW, MAX_START_WINDOW, MAX_CONTEST_WINDOW, MAX_FEE_BPS } = constants;
  expect(BOUNDS_IN_CODE.jobs).toEqual({
    startWindow: [MIN_WINDOW, MAX_START_WINDOW],
    contestWindow0: [MIN_WINDOW, MAX_CONTEST_WINDOW],
    contestWindow1: [MIN_WINDOW, MAX_CONTEST_WINDOW],
    contestWindow2: [MIN_WINDOW, MAX_CONTEST_WINDOW],
    contestWindow3: [MIN_WINDOW, MAX_CONTEST_WINDOW],
    feeBps: [0n, MAX_FEE_BPS],
    stakeRatioBps: [constants['MIN_STAKE_RATIO_BPS'], constants['MAX_STAKE_RATIO_BPS']],
  });
});
