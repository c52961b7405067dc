import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createDevelopmentPki } from '@encryptech/attestation';
import { digestOf, fromHex, toHex, type DatasetId, type JobId } from '@encryptech/base';
import {
  createFileIntentStore,
  createIntentSender,
  delegateOf,
  deposit,
  jobState,
  setDelegate,
  setDenied,
  type IntentSender,
  type JobOnChain,
} from '@encryptech/chain';
import { startProvider, type Provider } from '@encryptech/provider';
import { createCoordinatorClient } from '@encryptech/sdk/coordinator';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { JobKit, KitOptions } from '../../../provider/test/job-kit.ts';
import { startNetwork, type TestNetwork } from '../../../provider/test/start-network.ts';
import { isGranted, publishKit, submitKit } from '../../test/publish-kit.ts';
import type { OwnerConfigInput } from '../config/owner-config.ts';
import { startOwner } from '../daemon/start-owner.ts';
import type { OwnedDataset } from '../datasets/dataset-store.ts';
import { connectLine } from '../exchange/connect-line.ts';
import type { LogEntry } from '../release-log/log-entry.ts';
import { verifyReleaseLog } from '../release-log/verify-release-log.ts';
import { delegationWire } from './delegation-messages.ts';
import { readDelegationRecord } from './delegation-record.ts';
import { startDelegateHost, type DelegateHost } from './host/start-delegate-host.ts';
import { measureDelegate } from './measure-delegate.ts';
import { openDelegation, sendChallenge, sessionUrl, type OpenDelegationOptions } from './open-delegation.ts';
import { takeBack } from './take-back.ts';

const ENC = 10n ** 18n;
let network: TestNetwork;
let provider: Provider;
let host: DelegateHost;
let ownerDir: string;
let ownerConfig: OwnerConfigInput;
let writer: IntentSender;
let close: (() => Promise<void>)[];

beforeAll(async () => {
  network = await startNetwork();
  close = [];
  const { config } = await network.provider(2, 'cheap', ENC / 1000n);
  const person = await network.person(1, 'clinic');
  ownerDir = person.dir;
  await network.person(0, 'developer');
  await deposit(await network.writer(network.chain.keys.user(0)), { amount: 500n * ENC, key: 'deposit' });
  await network.chain.finishSetup();
  provider = await startProvider(config as never, { log: network.log('provider') });
  ownerConfig = {
    name: 'clinic',
    dir: ownerDir,
    networkFile: network.networkFile,
    keystore: person.keystore,
    passphraseFile: person.passphraseFile,
    production: false,
    anchorLogEverySec: 0,
  };
  host = await startHost();
  const store = createFileIntentStore(join(ownerDir, 'command-intents.jsonl'));
  writer = await createIntentSender({ client: network.client, account: network.chain.keys.user(1), store });
  close.push(
    () => writer.close(),
    () => store.close(),
  );
});
afterAll(async () => {
  await host?.stop();
  await provider?.stop();
  for (const end of close ?? []) await end();
  await network?.stop();
});

const startHost = (port = 0): Promise<DelegateHost> =>
  startDelegateHost(
    {
      ...{ name: 'cloud', dir: join(network.root, 'cloud'), networkFile: network.networkFile },
      ...{ listen: { host: '127.0.0.1', port }, owners: [network.chain.keys.user(1).address] },
      developmentPkiSeedFile: join(network.root, 'pki.seed'),
    },
    { log: network.log('host') },
  );

const published: OwnedDataset[] = [];
const kits: JobKit[] = [];

/** Publishes the kit's dataset. */
async function publish(options: KitOptions): Promise<JobKit> {
  const kit = await publishKit(network, { ...options, ownerDir, writer });
  const { manifest, policy, secret } = kit;
  published.push({ id: kit.order.datasetId as DatasetId, manifest, policy, secret });
  return kit;
}

async function submit(kit: JobKit): Promise<void> {
  await until(() => isGranted(network, kit));
  await submitKit(network, kit);
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

const options = (change: Partial<OpenDelegationOptions> = {}): OpenDelegationOptions => {
  const account = network.chain.keys.user(1);
  const { deployment, client } = network;
  const { anchor } = createDevelopmentPki(new Uint8Array(32).fill(7));
  return {
    ...{ dir: ownerDir, url: host.url, client, writer, now: Date.now, kem: 'x-wing', datasets: published },
    owner: { address: account.address, signer: account },
    domain: { chainId: deployment.chainId, jobs: deployment.contracts.jobs },
    expiresAt: Math.floor(Date.now() / 1000) + 3600,
    measurements: [measureDelegate()],
    anchors: { vendor: {}, development: [anchor] },
    coordinator: createCoordinatorClient({ url: JSON.parse(readFileSync(network.networkFile, 'utf8')).coordinatorUrl }),
    ...change,
  };
};

async function entries(): Promise<LogEntry[]> {
  const found: LogEntry[] = [];
  await verifyReleaseLog(join(ownerDir, 'release-log.jsonl'), { onEntry: (entry) => found.push(entry) });
  return found;
}
const decided = async () => (await entries()).map(({ job, attempt, decision }) => [job, attempt, decision]);
const statusOf = async (): Promise<{ state: string; log: { entries: number } | null; securityLevel: number }> =>
  (await (await fetch(`${host.url}/v1/delegates/${network.chain.keys.user(1).address}`)).json()) as never;

describe('an owner who is away', () => {
  test('a delegate that is not what the owner trusts gets nothing', async () => {
    kits.push(await publish({ steps: 12 }));
    const code = {
      code: 'owner.delegate',
      data: { reasons: ['evidence:measurement-not-allowed', 'evidence:development-anchor'] },
    };
    await expect(openDelegation(options({ measurements: [`0x${'11'.repeat(48)}`] }))).rejects.toMatchObject(code);
    await expect(openDelegation(options({ anchors: { vendor: {}, development: [] } }))).rejects.toMatchObject({
      data: { reasons: ['evidence.unverified'] },
    });
    const strict = published.map((one) => ({ ...one, manifest: { ...one.manifest, minLevel: 1 as const } }));
    await expect(openDelegation(options({ datasets: strict }))).rejects.toMatchObject({
      data: { reasons: ['evidence:level-too-low', 'evidence:development-anchor'] },
    });
    expect((await entries()).map(({ decision, reasons }) => [decision, reasons[0]])).toEqual([
      ['deny', 'evidence:measurement-not-allowed'],
      ['deny', 'evidence.unverified'],
      ['deny', 'evidence:level-too-low'],
    ]);
    // Nobody was named, nothing is open, and the host's delegate decides nothing.
    expect(Number((await delegateOf(network.client, options().owner.address)).key)).toBe(0);
    expect(await readDelegationRecord(ownerDir)).toBeUndefined();
    expect((await statusOf()).state).toBe('asked');
    await expect(
      openDelegation(options({ expiresAt: Math.floor(Date.now() / 1000) + 91 * 86_400 })),
    ).rejects.toMatchObject({
      data: { reasons: ['delegate.expired'] },
    });
  });

  test('has jobs run through an attested delegate, and gets the log back', async () => {
    const [dataset] = published;
    const kit = kits[0]!;
    const record = await openDelegation(options());
    expect(record).toMatchObject({ level: 0, datasets: [dataset!.id] });
    expect(await statusOf()).toMatchObject({ state: 'decides', securityLevel: 0 });
    // One at a time decides: the agent does not start, a second delegate is not made.
    await expect(startOwner(ownerConfig, { log: network.log('owner') })).rejects.toMatchObject({
      code: 'owner.delegated',
    });
    await expect(openDelegation(options())).rejects.toMatchObject({ code: 'owner.delegated' });

    await submit(kit);
    const delivered = await reaches(kit.jobId, 'Delivered', 'Settled');
    expect(delivered.attempt).toBe(1);
    const before = await decided();
    expect((await statusOf()).log?.entries).toBe(before.length + 1);

    const taken = await takeBack(options());
    expect(taken).toEqual({ delegation: record.id, ended: true, entries: 1 });
    expect((await decided()).slice(before.length)).toEqual([
      [kit.jobId, 1, 'allow'],
      [record.id, 0, 'take-back'],
    ]);
    expect(Number((await delegateOf(network.client, options().owner.address)).key)).toBe(0);
    // The owner's own agent goes on with the one log.
    const owner = await startOwner(ownerConfig, { log: network.log('owner') });
    await owner.stop();
  });

  test('a delegate that was withdrawn on chain releases nothing, and one that died is taken back without its log', async () => {
    const kit = await publish({ steps: 12 });
    const record = await openDelegation(options({ kem: 'x25519' }));
    // On chain alone: the delegate itself was not told.
    await setDelegate(writer, { delegate: undefined, key: 'withdraw' });
    await submit(kit);
    await until(async () => (await statusOf()).log !== null);
    const log = (await (await fetch(`${host.url}/v1/delegates/${options().owner.address}/log`)).json()) as {
      lines: string[];
    };
    expect(log.lines.map((line) => (JSON.parse(line) as LogEntry).reasons)).toEqual([['delegate.withdrawn']]);
    expect((await reaches(kit.jobId, 'Started')).checkpointStep).toBe(0);

    // A host that changes a line, or drops the end, is found out.
    const folder = join(network.root, 'cloud', 'delegates', options().owner.address.toLowerCase(), record.id);
    const path = join(folder, 'log.jsonl');
    const whole = readFileSync(path, 'utf8');
    for (const lie of [whole.replace('delegate.withdrawn', 'policy.purpose'), '']) {
      writeFileSync(path, lie);
      await expect(takeBack(options())).rejects.toMatchObject({ code: 'owner.delegate' });
    }
    writeFileSync(path, whole);
    await host.stop();
    await expect(takeBack(options())).rejects.toMatchObject({ code: 'owner.delegate', retry: 'later' });
    // The delegate is gone with its host; its log is not.
    host = await startHost(Number(new URL(host.url).port));
    expect(await takeBack(options())).toEqual({ delegation: record.id, ended: false, entries: 1 });
    expect((await entries()).slice(-3).map(({ reasons }) => reasons)).toEqual([['delegate.withdrawn'], [], []]);

    const lost = await openDelegation(options());
    await host.stop();
    expect(await takeBack({ ...options(), withoutLog: true })).toEqual({
      ...{ delegation: lost.id, ended: false, entries: undefined },
    });
    expect((await entries()).at(-1)).toMatchObject({ decision: 'take-back', reasons: ['delegate.logMissing'] });
    await expect(takeBack(options())).rejects.toMatchObject({ code: 'owner.delegated' });
  });

  test('a stranger, or the delegate of somebody, starts and ends nothing at a host', async () => {
    host = await startHost();
    const stranger = network.chain.keys.user(6);
    const line = await connectLine({
      ...{ url: sessionUrl(host.url, options().owner.address), codec: delegationWire, timeoutMs: 20_000 },
    });
    const answer = () => line.next((message) => (message.type === 'error' ? message.body.code : undefined));
    const { owner, domain } = options();
    const nowSec = Math.floor(Date.now() / 1000);
    const signed = { owner: { address: owner.address, signer: stranger }, domain, kem: 'x25519', nowSec } as const;
    const id = `0x${'77'.repeat(32)}` as const;
    await sendChallenge(line, 'open', id, signed);
    expect(await answer()).toBe('enclave.challengeSigner');
    await sendChallenge(line, 'open', id, { ...signed, owner: { address: stranger.address, signer: stranger } });
    expect(await answer()).toBe('enclave.challengeSigner');
    await sendChallenge(line, 'end', id, { ...signed, owner });
    expect(await answer()).toBe('owner.delegate');
    line.send({ type: 'ended', body: { delegation: id } });
    expect(await answer()).toBe('owner.delegate');
    line.close();
    expect((await fetch(`${host.url}/v1/delegates/${owner.address}`)).status).toBe(404);
    const other = connectLine({
      ...{ url: sessionUrl(host.url, stranger.address), codec: delegationWire, timeoutMs: 20_000 },
    });
    await expect(other).rejects.toMatchObject({ code: 'owner.provider' });
    await host.stop();
  });

  test('a delegate whose measurement is denied on chain gets nothing', async () => {
    host = await startHost();
    const listed = { kind: 'measurement', value: digestOf(fromHex(measureDelegate())) } as const;
    const guardian = await network.writer(network.chain.keys.named('guardian'));
    await setDenied(guardian, { listed, denied: true, key: 'deny' });
    const before = (await decided()).length;
    await expect(openDelegation(options())).rejects.toMatchObject({ data: { reasons: ['chain.measurement'] } });
    expect((await decided()).slice(before).map(([, , decision]) => decision)).toEqual(published.map(() => 'deny'));
    expect((await statusOf()).state).toBe('asked');
    expect(await readDelegationRecord(ownerDir)).toBeUndefined();
  });

  test('no log of host or provider holds a key', () => {
    const everything = network.logged.map(({ line }) => line).join('');
    expect(everything).toContain('A delegate decides');
    for (const { secret } of published) expect(everything).not.toContain(toHex(secret).slice(2));
  });
});
