import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cidOfDigest, type Hex, type JobId } from '@encryptech/base';
import { datasetsAbi, deposit, jobState, registerProvider, type JobOnChain } from '@encryptech/chain';
import { openResult, readBlob, verifyCertificateFile } from '@encryptech/protocol';
import { startProvider, type JobStatus, type Provider } from '@encryptech/provider';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CSV, type JobKit, type KitOptions } from '../../../provider/test/job-kit.ts';
import { startNetwork, type TestNetwork } from '../../../provider/test/start-network.ts';
import { isGranted, publishKit, submitKit } from '../../test/publish-kit.ts';
import type { OwnerConfigInput } from '../config/owner-config.ts';
import { verifyReleaseLog } from '../release-log/verify-release-log.ts';
import { startOwner, type Owner } from './start-owner.ts';

const ENC = 10n ** 18n;
let network: TestNetwork;
let owner: Owner;
let ownerDir: string;
let ownerConfig: OwnerConfigInput;
let providers: { config: Record<string, unknown>; running: Provider | undefined }[];

beforeAll(async () => {
  network = await startNetwork();
  providers = [];
  for (const [index, name, ask] of [
    [2, 'cheap', ENC / 1000n],
    [3, 'dear', ENC / 500n],
    [5, 'third', ENC / 400n],
  ] as const) {
    const { config } = await network.provider(index, name, ask);
    providers.push({ config, running: undefined });
  }
  const person = await network.person(1, 'clinic');
  ownerDir = person.dir;
  await network.person(0, 'developer');
  await deposit(await network.writer(network.chain.keys.user(0)), { amount: 500n * ENC, key: 'deposit' });
  await network.chain.finishSetup();
  const { dir, keystore, passphraseFile } = person;
  ownerConfig = {
    name: 'clinic',
    dir,
    networkFile: network.networkFile,
    keystore,
    passphraseFile,
    production: false,
    anchorLogEverySec: 1,
  };
  owner = await startOwner(ownerConfig, { log: network.log('owner') });
});
afterAll(async () => {
  await owner?.stop();
  for (const { running } of providers ?? []) await running?.stop();
  await network?.stop();
});

async function run(index: number): Promise<void> {
  const provider = providers[index]!;
  provider.running = await startProvider(provider.config as never, {
    log: network.log(String(provider.config['name'])),
  });
}

/** Publishes the kit's dataset and submits its order, as owner and developer do. */
async function submit(options: KitOptions): Promise<JobKit> {
  const kit = await publishKit(network, { ...options, ownerDir, writer: await writerOf(1) });
  await until(() => isGranted(network, kit));
  await submitKit(network, kit);
  return kit;
}

const writers = new Map<number, Awaited<ReturnType<TestNetwork['writer']>>>();
async function writerOf(index: number) {
  const known = writers.get(index) ?? (await network.writer(network.chain.keys.user(index)));
  writers.set(index, known);
  return known;
}

async function until(holds: () => Promise<boolean>, timeoutMs = 50_000): Promise<void> {
  const end = Date.now() + timeoutMs;
  while (!(await holds())) {
    if (Date.now() > end)
      throw new Error(
        `It never came: ${network.logged
          .slice(-30)
          .map(({ line }) => line)
          .join('')}`,
      );
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

const reaches = async (jobId: JobId, ...states: JobOnChain['state'][]): Promise<JobOnChain> => {
  await until(async () => states.includes((await jobState(network.client, jobId)).state));
  return jobState(network.client, jobId);
};

async function decisionsOn({ jobId }: JobKit): Promise<string[]> {
  const decisions: string[] = [];
  await verifyReleaseLog(join(ownerDir, 'release-log.jsonl'), {
    onEntry: ({ job, attempt, decision }) => job === jobId && decisions.push(`${attempt} ${decision}`),
  });
  return decisions;
}

/** What a provider tells anybody about a job. */
async function statusAt(index: number, { jobId }: JobKit): Promise<JobStatus> {
  const response = await fetch(`${providers[index]!.running!.url}/v1/jobs/${jobId}`);
  return (await response.json()) as JobStatus;
}

async function resultOf(kit: JobKit) {
  let delivery: { receipt: Parameters<typeof verifyCertificateFile>[0]['receipt']; signature: Hex } | null = null;
  await until(async () => (delivery = (await network.coordinator.getJob(kit.jobId)).delivery) !== null);
  const { receipt, signature } = delivery!;
  const bytes = await readBlob(network.blobs, cidOfDigest(receipt.resultDigest), 1 << 24);
  const opened = await openResult({ secretKey: kit.resultKeys.secretKey, jobId: kit.jobId, bytes });
  return { ...opened, receipt, signature };
}

describe('owner’s agent and providers on a chain with a coordinator', () => {
  test('a job goes from its order to a settled result', async () => {
    await run(0);
    const kit = await submit({ steps: 12 });
    const delivered = await reaches(kit.jobId, 'Delivered', 'Settled');
    const { certificate, receipt, signature } = await resultOf(kit);
    const signer = await verifyCertificateFile({ certificate, receipt, signature });
    expect(signer).toBe(delivered.enclaveKey);
    expect(certificate.provider).toBe(providers[0]!.running!.address);
    expect((await reaches(kit.jobId, 'Settled')).escrow).toBe(0n);

    // The log holds the decision, and its head is on chain: signed in the release, then anchored.
    const entries: string[] = [];
    const path = join(ownerDir, 'release-log.jsonl');
    const { head } = await verifyReleaseLog(path, {
      onEntry: ({ job, decision }) => entries.push(`${job} ${decision}`),
    });
    expect(entries).toEqual([`${kit.jobId} allow`]);
    await until(async () => (await anchoredHead()) === head);
  });

  test('the coordinator is away while a job trains: the result waits for it', async () => {
    const kit = await submit({ steps: 60, checkpointEvery: 1000, hidden: [400, 400] });
    await until(async () => (await decisionsOn(kit)).length > 0);
    await network.stopCoordinator();
    await until(async () => (await statusAt(0, kit)).state === 'delivering');
    expect((await jobState(network.client, kit.jobId)).state).toBe('Started');
    await network.startCoordinator();
    await reaches(kit.jobId, 'Delivered', 'Settled');
    // The chain knows of the delivery before its provider has the receipt of that transaction.
    await until(async () => (await statusAt(0, kit)).state === 'delivered');
    expect(await statusAt(0, kit)).toMatchObject({ step: 60, failure: null });
  });

  test('a provider dies in mid-training while the owner is away: another one goes on from the last checkpoint', async () => {
    const kit = await submit({ steps: 400, checkpointEvery: 10, hidden: [400, 400] });
    await until(async () => (await jobState(network.client, kit.jobId)).checkpointStep >= 10);
    await owner.stop();
    await providers[0]!.running!.stop();
    providers[0]!.running = undefined;
    const lost = await jobState(network.client, kit.jobId);
    expect(lost.state).toBe('Started');
    await run(1);
    await network.chain.advanceTime(700);
    await until(async () => {
      const { attempt, state } = await jobState(network.client, kit.jobId);
      return attempt === 2 && state === 'Started';
    });
    // Nobody has released a key to the second enclave; the agent finds it when it is back.
    expect((await jobState(network.client, kit.jobId)).checkpointStep).toBe(lost.checkpointStep);
    owner = await startOwner(ownerConfig, { log: network.log('owner') });
    await until(async () => (await jobState(network.client, kit.jobId)).checkpointStep > lost.checkpointStep);
    const again = await jobState(network.client, kit.jobId);
    expect(again.paidSteps).toBe(lost.checkpointStep);
    expect(await decisionsOn(kit)).toEqual(['1 allow', '2 allow']);
  });

  test('an agent whose log was cut behind its anchor does not start; one in production refuses the development root', async () => {
    const path = join(ownerDir, 'release-log.jsonl');
    const head = (await verifyReleaseLog(path)).head;
    await until(async () => (await anchoredHead()) === head);
    await owner.stop();
    const whole = readFileSync(path, 'utf8');
    writeFileSync(path, `${whole.split('\n')[0]!}\n`);
    const log = network.log('owner');
    await expect(startOwner(ownerConfig, { log })).rejects.toMatchObject({ code: 'owner.logTruncated' });
    writeFileSync(path, whole.replace('"allow"', '"deny"'));
    await expect(startOwner(ownerConfig, { log })).rejects.toMatchObject({ code: 'owner.logAltered', place: 'line 2' });
    writeFileSync(path, whole);
    await expect(startOwner({ ...ownerConfig, production: true }, { log })).rejects.toMatchObject({
      code: 'attestation.developmentAnchor',
    });
    owner = await startOwner(ownerConfig, { log });
  });

  test('a provider that the chain would not match does not start', async () => {
    const { config } = providers[0]!;
    const start = (change: object) => startProvider({ ...config, ...change } as never, { log: network.log('refused') });
    const stranger = await network.person(4, 'stranger');
    await expect(start({ keystore: stranger.keystore, dir: stranger.dir })).rejects.toMatchObject({
      code: 'provider.notRegistered',
    });
    await expect(start({ publicUrl: 'http://127.0.0.1:1' })).rejects.toMatchObject({
      code: 'provider.notRegistered',
      place: 'publicUrl',
    });
    await registerProvider(await writerOf(4), { url: config['publicUrl'] as string, speed: 1n });
    await expect(start({ keystore: stranger.keystore, dir: stranger.dir })).rejects.toMatchObject({
      code: 'provider.notStaked',
    });
    const seedFile = join(network.root, 'other.seed');
    writeFileSync(seedFile, '11'.repeat(32), { mode: 0o600 });
    await expect(start({ developmentPkiSeedFile: seedFile })).rejects.toMatchObject({ code: 'provider.noAttester' });
    await expect(start({ developmentPkiSeedFile: undefined })).rejects.toMatchObject({ code: 'provider.noAttester' });
    const passphraseFile = join(network.root, 'wrong.passphrase');
    writeFileSync(passphraseFile, 'wrong', { mode: 0o600 });
    await expect(start({ passphraseFile })).rejects.toMatchObject({ code: 'sealing.wrongPassphrase' });
  });

  test('a bad cell: owner and developer hear of line and column, and nobody of what is in it', async () => {
    const lines = CSV.toString('utf8').split('\n');
    lines[41] = `Mary Shelley,${lines[41]!.split(',').slice(1).join(',')}`;
    // The others are busy with the job before, or on their guard after a fault.
    await run(2);
    const kit = await submit({ csv: Buffer.from(lines.join('\n')) });
    const place = 'line 42, column "mean radius"';
    await until(async () => (await statusAt(2, kit)).failure?.place === place);
    await until(() => Promise.resolve(network.logged.some(({ line }) => line.includes('failed in the enclave'))));
    const said = network.logged.find(({ line }) => line.includes('failed in the enclave'))!;
    expect(JSON.parse(said.line)).toMatchObject({ jobId: kit.jobId, code: 'learning.badCell', place });
    expect(network.logged.map(({ line }) => line).join('')).not.toContain('Mary');
  });

  test('no log of any process holds a row of the table or a key', () => {
    const rows = readFileSync(new URL('../../../../fixtures/wdbc/wdbc.csv', import.meta.url), 'utf8')
      .split('\n')
      .slice(1, 50);
    const everything = network.logged.map(({ line }) => line).join('');
    expect(everything).toContain('The keys are released');
    for (const row of rows) expect(everything).not.toContain(row.slice(0, 40));
    for (const index of [0, 1, 2, 3]) {
      const key = Buffer.from(network.chain.keys.user(index).getHdKey().privateKey!).toString('hex');
      expect(everything).not.toContain(key);
    }
  });
});

function anchoredHead(): Promise<Hex> {
  return network.client.public.readContract({
    address: network.deployment.contracts.datasets,
    abi: datasetsAbi,
    functionName: 'logHeadOf',
    args: [owner.address],
  });
}
