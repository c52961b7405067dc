import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Address, JobId } from '@encryptech/base';
import {
  accountBalances,
  capacityAbi,
  embeddedDeployConfig,
  emissionsAbi,
  encTokenAbi,
  providersAbi,
  rewardsAbi,
  stakingAbi,
} from '@encryptech/chain';
import { demandDown, emissionDecayDown, emissionDown, rewardPartDown, scoreOfEpoch } from '@encryptech/market';
import { jobEvents } from './network/job-events.ts';
import { PATIENCE } from './network/patience.ts';
import { publishWdbc } from './network/published-dataset.ts';
import { startTestNetwork, type TestNetwork } from './network/test-network.ts';
import { until } from './network/until.ts';

// R_m = f(Q, C, R) + b on the running network: real daemons, a machine that is measured and answers every heartbeat of an epoch, a
// training that is paid, and the reward, which the daemon fetches, to the wei beside the formulas of packages/market.
vi.setConfig(PATIENCE);

/** Short enough to watch several, long enough for every slot's question on a busy machine. */
const EPOCH_SEC = 16;
const SLOTS = 4;
/** A machine that is too busy may miss a heartbeat, and with it an epoch’s bonus. */
const MOST_JOBS = 4;
const BPS = 10_000n;
let network: TestNetwork;
let providers: Record<string, Address>;
/** ENC in the hands of each before any reward. */
const before = new Map<Address, bigint>();
/** The job that was paid last. */
let jobId: JobId;
beforeAll(async () => {
  network = await startTestNetwork({
    deployConfig: (keys) => {
      const config = embeddedDeployConfig(keys);
      return { ...config, staking: { ...config.staking, epochLengthSec: EPOCH_SEC }, capacity: { slots: SLOTS } };
    },
  });
  providers = { alpha: (await network.person('alpha')).address, beta: (await network.person('beta')).address };
  for (const account of Object.values(providers))
    before.set(account, (await accountBalances(network.client, account)).enc);
});
afterAll(() => network.end());

const read = <Result>(work: (node: TestNetwork['client']['public']) => Promise<Result>): Promise<Result> =>
  work(network.client.public);
const contracts = () => network.client.deployment.contracts;
const rewards = () => ({ address: contracts().rewards, abi: rewardsAbi, blockTag: 'pending' }) as const;
const staking = () => ({ address: contracts().staking, abi: stakingAbi, blockTag: 'pending' }) as const;
const capacity = () => ({ address: contracts().capacity, abi: capacityAbi, blockTag: 'pending' }) as const;
const epochNow = (): Promise<bigint> => read((node) => node.readContract({ ...staking(), functionName: 'epoch' }));

test('measured capacity, a whole epoch of heartbeats and a paid job earn a share and a bonus, to the wei of the formulas', async () => {
  const [{ datasetId }] = await Promise.all([
    publishWdbc(network, { options: ['--epsilon-cap', '20', '--fee', '1'] }),
    ...Object.values(providers).map((account) =>
      until(
        'a capacity that counts',
        async () => {
          const args = [account, await epochNow()] as const;
          const [speed] = await read((node) => node.readContract({ ...capacity(), functionName: 'capacityAt', args }));
          return speed > 0n ? true : undefined;
        },
        { timeoutMs: 120_000, everyMs: 500 },
      ),
    ),
  ]);
  expect((await network.encryptech('model', 'new', 'mlp', '--inputs', '30', '--outputs', '2', '--json')).code).toBe(0);

  const [name, epoch] = await earnBonus(datasetId);
  const provider = providers[name]!;
  // Nobody asks: the provider's daemon fetches what is worth its gas.
  const paid = await until(
    'the daemon’s claim',
    async () => {
      const found = await claims(provider);
      return found.some((one) => one.epoch === epoch) ? found : undefined;
    },
    { timeoutMs: 90_000, everyMs: 500 },
  );
  const { share, bonus } = await formulas(provider, epoch);
  expect(bonus).toBeGreaterThan(0n);

  expect(paid.find((one) => one.epoch === epoch)).toEqual({ epoch, share, bonus });
  // The same for people and scripts: each amount recomputed from events, and none that the contract sees otherwise.
  const shown = await network.encryptech('provider', 'earnings', provider, '--json');
  const earnings = shown.json<{
    epochs: { epoch: string; share: string; bonus: string; state: string; agrees: boolean }[];
  }>();
  expect(earnings.epochs.find((one) => one.epoch === String(epoch))).toMatchObject({
    ...{ share: String(share), bonus: String(bonus), state: 'fetched', agrees: true },
  });
  expect(earnings.epochs.filter(({ agrees }) => !agrees)).toEqual([]);
  await until('the daemon’s lines about the payment', async () => {
    const log = (await readFile(network.home.logFile(`provider-${name}`), 'utf8')).split('\n');
    const earned = log.filter((line) => line.includes(`Earned: epoch ${epoch}: Q `));
    const claimed = log.find((line) => line.includes('Fetched rewards: ') && line.includes(`"${epoch}"`));
    const isTold = earned.some((line) => line.includes(`"bonus":"${bonus}"`) && line.includes(' fetched'));
    return (isTold && claimed?.includes('fetched since it is worth 20 times that')) || undefined;
  });

  // Other epochs may be fetched at any moment; in each block what it has more is what the contract paid.
  const toBlock = await read((node) => node.getBlockNumber({ cacheTime: 0 }));
  const sum = (await claims(provider, toBlock)).reduce((all, one) => all + one.share + one.bonus, 0n);
  const held = await read((node) =>
    node.readContract({
      ...{ address: contracts().token, abi: encTokenAbi, functionName: 'balanceOf', args: [provider] },
      blockNumber: toBlock,
    }),
  );
  expect(held - before.get(provider)!).toBe(sum);
});

/** What the contract paid a provider up to a block. */
async function claims(provider: Address, toBlock: bigint | 'latest' = 'latest') {
  const { rewards: address } = contracts();
  const events = await read((node) =>
    node.getContractEvents({
      ...{ address, abi: rewardsAbi, eventName: 'Claimed', args: { provider }, fromBlock: 0n, toBlock, strict: true },
    }),
  );
  return events.map(({ args: { epoch, share, bonus } }) => ({ epoch, share, bonus }));
}

test('the documents of an honest job are no evidence against it: what the coordinator and the certificate say is read as it is', async () => {
  expect((await network.encryptech('job', 'result', jobId, '--out', 'result', '--json')).code).toBe(0);
  const report = async (kind: string, ...files: string[]) =>
    (await network.encryptech('fault', 'report', 'developer', kind, jobId, ...files, '--dry-run', '--json')).json<{
      code?: string;
    }>();
  const certificate = ['--certificate', 'result/certificate.json'];
  expect(await report('privacy')).toMatchObject({ code: 'chain.faultEvidenceNoFault' });
  // The certificate as the enclave wrote it: the contract finds the ordered specification where the command says it stands.
  expect(await report('privacy', ...certificate)).toMatchObject({ code: 'chain.faultEvidenceNoFault' });
  expect(await report('attestation')).toMatchObject({ code: 'chain.faultEvidenceNoSuchAttempt' });
  expect(await report('two-results', '--receipt', 'result/certificate.json')).toMatchObject({
    code: 'chain.faultEvidenceMismatch',
  });
});

/** Orders trainings until one is paid in an epoch whose heartbeats its provider all answered. */
async function earnBonus(datasetId: string): Promise<[name: string, epoch: bigint]> {
  for (let tries = 0; tries < MOST_JOBS; tries++) {
    const submitted = await network.encryptech(
      ...['job', 'submit', 'model.onnx', '--dataset', datasetId, '--epsilon', '1', '--steps', '5'],
      ...['--duration', '60', '--yes', '--json'],
    );
    expect(submitted.code, submitted.out).toBe(0);
    ({ jobId } = submitted.json<{ jobId: JobId }>());
    const settled = await until(
      'the settlement',
      async () => {
        const [log] = await read((node) =>
          node.getContractEvents({
            ...{ address: contracts().providers, abi: providersAbi, eventName: 'ReputationChanged', fromBlock: 0n },
          }),
        ).then((logs) => logs.slice(-1));
        return (await jobEvents(network.client, jobId, 'Settled')).length > 0 ? log : undefined;
      },
      { timeoutMs: 120_000, everyMs: 250 },
    );
    const provider = settled.args.provider!;
    const { timestamp } = await read((node) => node.getBlock({ blockNumber: settled.blockNumber }));
    const genesis = await read((node) => node.readContract({ ...staking(), functionName: 'epochStart', args: [0n] }));
    const epoch = (timestamp - genesis) / BigInt(EPOCH_SEC);
    await until('the end of the next epoch', async () => ((await epochNow()) > epoch + 1n ? true : undefined), {
      timeoutMs: 60_000,
      everyMs: 250,
    });
    const args = [epoch, provider] as const;
    const score = await read((node) => node.readContract({ ...rewards(), functionName: 'scoreOf', args }));
    const name = Object.keys(providers).find((one) => providers[one] === provider)!;
    if (score.qualified) return [name, epoch];
  }
  throw new Error(`No epoch of ${MOST_JOBS} had all of its heartbeats.`);
}

/** Share and bonus of an epoch by packages/market, from what the register of stakes, capacities and works says about it. */
async function formulas(provider: Address, epoch: bigint): Promise<{ share: bigint; bonus: bigint }> {
  const all = await read((node) =>
    node.getContractEvents({
      ...{ address: contracts().rewards, abi: rewardsAbi, eventName: 'Tallied', args: { epoch }, fromBlock: 0n },
    }),
  );
  const scores = new Map(all.map(({ args, blockNumber }) => [args.provider!, { ...args, blockNumber }]));
  const { work, score, blockNumber } = scores.get(provider)!;
  const parameters = await read((node) =>
    node.readContract({ ...rewards(), functionName: 'parametersAt', args: [epoch] }),
  );
  const mine = [provider, epoch] as const;
  const [speed] = await read((node) => node.readContract({ ...capacity(), functionName: 'capacityAt', args: mine }));
  const [availabilityBps] = await read((node) =>
    node.readContract({ ...capacity(), functionName: 'availabilityBps', args: mine }),
  );
  expect(availabilityBps).toBe(10_000);
  expect(speed).toBeGreaterThan(0n);
  expect(work).toBeGreaterThan(0n);
  const stake = await read((node) => node.readContract({ ...staking(), functionName: 'stakeAt', args: [1, ...mine] }));
  // The embedded chain remembers its states: what R was when the score was taken.
  const reputation = await read((node) =>
    node.readContract({
      ...{ address: contracts().providers, abi: providersAbi, functionName: 'reputationBps', args: [provider] },
      blockNumber: blockNumber - 1n,
    }),
  );
  expect(score).toBe(
    scoreOfEpoch(
      {
        ...{ work: work!, units: speed * BigInt(EPOCH_SEC), availabilityBps: BigInt(availabilityBps), stake },
        ...{ levelBps: BPS, reputationBps: BigInt(reputation) },
      },
      { capacityRate: parameters.capacityRate, stakeCapBps: BigInt(parameters.stakeCapBps) },
    ),
  );

  const sumOf = (amounts: bigint[]): bigint => amounts.reduce((sum, one) => sum + one, 0n);
  const entries = [...scores.values()];
  const used = sumOf(entries.map((one) => one.work!));
  const units = await read((node) => node.readContract({ ...capacity(), functionName: 'unitsAt', args: [epoch] }));
  const [allotted] = await read((node) =>
    node.getContractEvents({
      ...{ address: contracts().emissions, abi: emissionsAbi, eventName: 'Allotted', args: { epoch }, fromBlock: 0n },
    }),
  );
  const emission = emissionDown(
    allotted!.args.remaining! + allotted!.args.amount!,
    emissionDecayDown(BigInt(EPOCH_SEC)),
    demandDown(used, (units * parameters.referenceRate) / 1_000_000n),
    BPS,
  );
  const pot = emission / 10n;
  const qualified = sumOf(entries.filter((one) => one.qualified).map((one) => one.score!));
  return {
    share: rewardPartDown(emission - pot, score!, sumOf(entries.map((one) => one.score!))),
    bonus: rewardPartDown(pot, score!, qualified),
  };
}
