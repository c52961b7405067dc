import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { digestOf, fromHex, type JobId } from '@encryptech/base';
import { createFileIntentStore, createIntentSender, jobState, setDenied, stakingAbi } from '@encryptech/chain';
import { measureEnclave } from '@encryptech/provider';
import { jobEvents } from './network/job-events.ts';
import { PATIENCE } from './network/patience.ts';
import { publishWdbc } from './network/published-dataset.ts';
import { startTestNetwork, type TestNetwork } from './network/test-network.ts';
import { until } from './network/until.ts';

// A job whose owner denies the keys, as far as its consequences go: the deadline passes, the developer reports the provider, the
// provider's daemon contests with what it wrote down, nobody answers, and the coordinator ends it. Every party a real process.
vi.setConfig({ ...PATIENCE, testTimeout: 2 * PATIENCE.testTimeout });

const ENC = 10n ** 18n;
let network: TestNetwork;
beforeAll(async () => {
  network = await startTestNetwork();
});
afterAll(() => network.end());

interface ShownFault {
  state: string;
  kind: string;
  provider: string;
  contester: string;
  taken: string;
}

test('a provider whose job was denied its keys is reported as late, contests by itself, and loses nothing', async () => {
  const { datasetId } = await publishWdbc(network, { options: ['--epsilon-cap', '20', '--fee', '1'] });
  expect((await network.encryptech('model', 'new', 'mlp', '--inputs', '30', '--outputs', '2', '--json')).code).toBe(0);
  // The code that enclaves run is denied on chain: no owner's agent gives it a key any more.
  const store = createFileIntentStore(join(network.folder, 'guardian.jsonl'));
  const guardian = await createIntentSender({
    ...{ client: network.client, account: network.running.chain.keys.named('guardian'), store },
  });
  const listed = { kind: 'measurement', value: digestOf(fromHex(measureEnclave())) } as const;
  await setDenied(guardian, { listed, denied: true, key: 'deny' });
  await guardian.close();
  await store.close();

  const submitted = await network.encryptech(
    ...['job', 'submit', 'model.onnx', '--dataset', datasetId, '--epsilon', '1', '--steps', '5'],
    ...['--duration', '20', '--yes', '--json'],
  );
  expect(submitted.code, submitted.out).toBe(0);
  const { jobId } = submitted.json<{ jobId: JobId }>();
  const matched = await until('the match', async () => (await jobEvents(network.client, jobId, 'Matched'))[0], {
    timeoutMs: 90_000,
  });
  const { name } = [await network.person('alpha'), await network.person('beta')].find(
    ({ address }) => address === matched.provider,
  )!;
  const log = () => readFile(network.home.logFile(`provider-${name}`), 'utf8');
  await until('the denial', async () => ((await log()).includes('enclave.denied') ? true : undefined), {
    timeoutMs: 120_000,
  });
  await until('the missed deadline', async () => (await jobEvents(network.client, jobId, 'Expired'))[0], {
    timeoutMs: 120_000,
  });
  expect((await jobState(network.client, jobId)).keyReleased).toBe(false);

  const reported = await network.encryptech('fault', 'report', 'developer', 'late', jobId, '1', '--yes', '--json');
  expect(reported.code, reported.out).toBe(0);
  const { faultId } = reported.json<{ faultId: string }>();
  const shown = async () => (await network.encryptech('fault', 'show', faultId, '--json')).json<ShownFault>();
  const contested = await until(
    'the contest',
    async () => {
      const fault = await shown();
      return fault.state === 'proposed' ? undefined : fault;
    },
    { timeoutMs: 60_000, everyMs: 500 },
  );
  expect(contested).toMatchObject({ kind: 'late', provider: matched.provider, contester: matched.provider });
  const voided = await until(
    'the end of the contest',
    async () => {
      const fault = await shown();
      return fault.state === 'contested' ? undefined : fault;
    },
    { timeoutMs: 120_000, everyMs: 500 },
  );
  expect(voided).toMatchObject({ state: 'voided', taken: '0' });

  // Nobody's stake was touched; the bond of who reported is the provider's, beside its own.
  const { staking } = network.client.deployment.contracts;
  const slashes = await network.client.public.getContractEvents({
    ...{ address: staking, abi: stakingAbi, eventName: 'Slashed', fromBlock: 0n },
  });
  expect(slashes).toEqual([]);
  const withdrawn = await network.encryptech('fault', 'withdraw', name, '2', '--yes', '--json');
  expect(withdrawn.code, withdrawn.out).toBe(0);
  expect(withdrawn.json()).toMatchObject({ amount: String(2n * ENC) });
  const none = await network.encryptech('fault', 'withdraw', 'developer', '1', '--yes', '--json');
  expect(none.json()).toMatchObject({ ok: false, code: 'chain.faultsInsufficientBalance' });

  // Each step is a line of the daemon with its reason.
  const told = await until('the last line', async () => {
    const lines = (await log()).split('\n').filter((line) => line.includes(`"faultId":"${faultId}"`));
    return lines.some((line) => line.includes('A fault is void: nothing is taken')) ? lines : undefined;
  });
  expect(told.find((line) => line.includes('Contested a fault'))).toContain('The owner gave no key');
  expect(told.at(-1)).toContain('"reason":"Nobody answered the contest"');
  const economy = await network.encryptech('economy', '--json');
  expect([economy.code, economy.json<{ addsUp: boolean }>().addsUp]).toEqual([0, true]);
});
