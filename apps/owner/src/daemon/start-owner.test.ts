import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cidOfDigest, toHex, type Hex, type JobId } from '@encryptech/base';
import { datasetsAbi, deposit, jobState, registerDataset, type JobOnChain } from '@encryptech/chain';
import { datasetManifestDigest, openResult, orderToJson, readBlob, verifyCertificateFile } from '@encryptech/protocol';
import { startProvider, type Provider } from '@encryptech/provider';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeKit, type JobKit, type KitOptions } from '../../../provider/test/job-kit.ts';
import { startNetwork, type TestNetwork } from '../../test/start-network.ts';
import { createDatasetStore } from '../datasets/dataset-store.ts';
import { verifyReleaseLog } from '../release-log/verify-release-log.ts';
import { startOwner, type Owner } from './start-owner.ts';

const ENC = 10n ** 18n;
let network: TestNetwork;
let owner: Owner;
let ownerDir: string;
let providers: { config: Record<string, unknown>; running: Provider | undefined }[];

beforeAll(async () => {
  network = await startNetwork();
  providers = [];
  for (const [index, name, ask] of [
    [2, 'cheap', ENC / 1000n],
    [3, 'dear', ENC / 500n],
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
  const config = {
    name: 'clinic',
    dir,
    networkFile: network.networkFile,
    keystore,
    passphraseFile,
    production: false,
    anchorLogEverySec: 1,
  };
  owner = await startOwner(config, { log: network.log('owner') });
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
  const { deployment, chain, blobs } = network;
  const kit = await makeKit({
    ...options,
    domain: { chainId: deployment.chainId, jobs: deployment.contracts.jobs },
    developer: chain.keys.user(0),
    owner: chain.keys.user(1),
  });
  const { manifest, policy, secret } = kit;
  await blobs.put(kit.sealedData);
  await blobs.put(kit.graph);
  await registerDataset(await writerOf(1), {
    digest: manifest.blob,
    schemaDigest: manifest.schemaDigest,
    manifestDigest: datasetManifestDigest(manifest),
    policyDigest: manifest.policyDigest,
    epsilonCapMicro: manifest.epsilonCapMicro,
    deltaExponent: manifest.deltaExponent,
    fee: BigInt(manifest.fee),
    minLevel: manifest.minLevel,
    unit: toHex(new TextEncoder().encode('row'.padEnd(32, '\0'))),
  });
  const passphrase = readFileSync(join(network.root, 'passphrase'), 'utf8');
  const store = createDatasetStore({ folder: join(ownerDir, 'datasets'), passphrase, insecureFastKdf: true });
  await store.put({ id: kit.order.datasetId as never, manifest, policy, secret });
  await until(async () => {
    const { datasets } = await network.coordinator.getDatasets();
    return datasets.some(({ datasetId, grants }) => datasetId === kit.order.datasetId && grants.length > 0);
  });
  await network.coordinator.postOrder({
    order: orderToJson(kit.order),
    signature: kit.orderSignature,
    spec: kit.spec,
  });
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
    expect((await reaches(kit.jobId, 'Settled')).paidSteps).toBe(12);

    // The log holds the decision, and its head is on chain: signed in the release, then anchored.
    const entries: string[] = [];
    const path = join(ownerDir, 'release-log.jsonl');
    const { head } = await verifyReleaseLog(path, {
      onEntry: ({ job, decision }) => entries.push(`${job} ${decision}`),
    });
    expect(entries).toEqual([`${kit.jobId} allow`]);
    await until(async () => (await anchoredHead()) === head);
  });

  test('a provider that dies in mid-training: another one goes on from the last checkpoint', async () => {
    const kit = await submit({ steps: 20_000, checkpointEvery: 50 });
    await until(async () => (await jobState(network.client, kit.jobId)).checkpointStep >= 50);
    await providers[0]!.running!.stop();
    providers[0]!.running = undefined;
    const lost = await jobState(network.client, kit.jobId);
    expect(lost.state).toBe('Started');
    await run(1);
    await network.chain.advanceTime(700);
    await until(async () => (await jobState(network.client, kit.jobId)).attempt === 2);
    await until(async () => (await jobState(network.client, kit.jobId)).checkpointStep > lost.checkpointStep);
    const again = await jobState(network.client, kit.jobId);
    expect(again.paidSteps).toBe(lost.checkpointStep);
    const entries: string[] = [];
    await verifyReleaseLog(join(ownerDir, 'release-log.jsonl'), {
      onEntry: ({ job, attempt, decision }) => job === kit.jobId && entries.push(`${attempt} ${decision}`),
    });
    expect(entries).toEqual(['1 allow', '2 allow']);
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
