import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { digestOf, fromHex, toHex, type Address, type DatasetId, type Hex, type JobId } from '@encryptech/base';
import {
  chainTime,
  datasetFacts,
  deposit,
  jobsAbi,
  jobState,
  providerFacts,
  recordAttestation,
  retireDataset,
  setDatasetPolicy,
  setDenied,
  signFinding,
  start,
  type Deniable,
  type JobOnChain,
} from '@encryptech/chain';
import { startOwner, verifyReleaseLog, type LogEntry, type Owner, type OwnerConfigInput } from '@encryptech/owner';
import { offerToJson, releasePolicyDigest, signKeyRelease, signOffer, signReceipt } from '@encryptech/protocol';
import { createDevelopmentPki, verifyEvidence, noEndorsements } from '@encryptech/attestation';
import { measureEnclave, startProvider, type JobStatus, type Provider } from '@encryptech/provider';
import { ContractFunctionRevertedError, type BaseError } from 'viem';
import type { HDAccount } from 'viem/accounts';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { recheckChain } from '../apps/owner/src/daemon/recheck-chain.ts';
import { isGranted, ownerStore, publishKit, submitKit } from '../apps/owner/test/publish-kit.ts';
import type { JobKit } from '../apps/provider/test/job-kit.ts';
import { startNetwork, type TestNetwork } from '../apps/provider/test/start-network.ts';
import { PATIENCE } from './network/patience.ts';
import { until } from './network/until.ts';

// A real chain, real enclaves in processes of their own, the owner's real agent. Each job's enclave has started and waits for
// its keys while something is withdrawn or denied on chain; then the agent decides.
vi.setConfig(PATIENCE);

const ENC = 10n ** 18n;
let network: TestNetwork;
let agent: Owner | undefined;
let agentConfig: OwnerConfigInput;
let ownerDir: string;
const providers: Provider[] = [];
const writers = new Map<string, Awaited<ReturnType<TestNetwork['writer']>>>();
async function writer(who: 'guardian' | number) {
  const { keys } = network.chain;
  const known =
    writers.get(String(who)) ?? (await network.writer(typeof who === 'number' ? keys.user(who) : keys.named(who)));
  writers.set(String(who), known);
  return known;
}

beforeAll(async () => {
  network = await startNetwork();
  const configs = [];
  for (const index of [2, 3, 4, 5, 6]) {
    const { config } = await network.provider(index, `provider-${index}`, ENC / 1000n);
    configs.push(config);
  }
  await network.person(0, 'developer');
  const { dir, keystore, passphraseFile } = await network.person(1, 'clinic');
  ownerDir = dir;
  await deposit(await writer(0), { amount: 500n * ENC, key: 'deposit' });
  await network.chain.finishSetup();
  for (const config of configs) {
    providers.push(await startProvider(config as never, { log: network.log(String(config['name'])) }));
  }
  agentConfig = {
    ...{ name: 'clinic', dir, networkFile: network.networkFile, keystore, passphraseFile, production: false },
    anchorLogEverySec: 0,
  };
  await startAgent();
});
afterAll(async () => {
  await agent?.stop();
  await Promise.all(providers.map((one) => one.stop()));
  await network?.stop();
});

async function startAgent(): Promise<void> {
  agent = await startOwner(agentConfig, { log: network.log('clinic') });
}
async function stopAgent(): Promise<void> {
  await agent?.stop();
  agent = undefined;
}

/** Published datasets that anybody may be matched to, each with an order on it that is not submitted yet. */
async function granted(count: number): Promise<JobKit[]> {
  const kits: JobKit[] = [];
  for (let i = 0; i < count; i++) {
    kits.push(await publishKit(network, { ownerDir, writer: await writer(1), steps: 6 }));
  }
  for (const kit of kits) await until('the grant', async () => (await isGranted(network, kit)) || undefined);
  return kits;
}

/** The job, once its enclave is registered on chain and waits for the keys. */
async function waiting(kit: JobKit): Promise<JobOnChain> {
  return until('the enclave’s start', async () => {
    const job = await jobState(network.client, kit.jobId);
    return job.state === 'Started' ? job : undefined;
  });
}

/** What the agent decided about a job, as its log has it. */
const decision = ({ jobId }: JobKit): Promise<LogEntry> =>
  until('a decision about the keys', async () => {
    let found: LogEntry | undefined;
    await verifyReleaseLog(join(ownerDir, 'release-log.jsonl'), {
      onEntry: (entry) => (found = entry.job === jobId ? entry : found),
    });
    return found;
  });

/** What the job's provider says of it when it is over. */
const ending = async (jobId: JobId, job: JobOnChain): Promise<JobStatus> => {
  const { url } = await providerFacts(network.client, job.provider);
  return until('the end of the attempt', async () => {
    const status = (await (await fetch(`${url}/v1/jobs/${jobId}`)).json()) as JobStatus;
    return status.state === 'failed' || status.state === 'delivered' ? status : undefined;
  });
};

/** The hashed identifier of the machine that a provider's enclaves say they run on. */
async function deviceOf(job: JobOnChain): Promise<Hex> {
  const { url } = await providerFacts(network.client, job.provider);
  const block = await network.client.public.getBlockNumber({ cacheTime: 0 });
  const said = (await (await fetch(`${url}/v1/evidence?block=${block}`)).json()) as { body: Hex; runtimeData: Hex };
  const { anchor } = createDevelopmentPki(new Uint8Array(32).fill(7));
  const { deviceIdHash } = await verifyEvidence(
    { kind: 'software', body: fromHex(said.body), runtimeData: fromHex(said.runtimeData) },
    { now: new Date(), anchors: { vendor: {}, development: [anchor] }, endorsements: noEndorsements },
  );
  return deviceIdHash!;
}

const deny = async (listed: Deniable) =>
  setDenied(await writer('guardian'), { listed, denied: true, key: `deny:${listed.value}` });

let released: { kit: JobKit; job: JobOnChain };
/** Jobs whose enclaves were denied their keys. */
let waitingKits: JobKit[];

test('nothing denied, nothing withdrawn: the enclave gets its keys and delivers', async () => {
  const [kit] = (await granted(1)) as [JobKit];
  await submitKit(network, kit);
  const job = await waiting(kit);
  expect(await decision(kit)).toMatchObject({ decision: 'allow', reasons: [] });
  expect(await ending(kit.jobId, job)).toMatchObject({ state: 'delivered' });
  released = { kit, job };
});

test('a denied device, a withdrawn policy, a withdrawn consent and a retired dataset get no key from the next block on', async () => {
  const kits = await granted(4);
  const [, onReplaced, onWithdrawn, onRetired] = kits as [JobKit, JobKit, JobKit, JobKit];
  await stopAgent();
  for (const kit of kits) await submitKit(network, kit);
  const jobs = await Promise.all(kits.map(waiting));
  expect(new Set(jobs.map(({ provider }) => provider)).size).toBe(4);

  // A guardian denies the machine that the first job's enclave runs on.
  await deny({ kind: 'device', value: await deviceOf(jobs[0]!) });
  // Another policy is registered for the second, without a word to the agent.
  const owner = await writer(1);
  const idOf = ({ order }: JobKit) => order.datasetId as DatasetId;
  const other = digestOf(new TextEncoder().encode('another policy'));
  await setDatasetPolicy(owner, { datasetId: idOf(onReplaced), policyDigest: other, key: 'replace' });
  // The owner withdraws consent for the third, as `encryptech owner withdraw` does: on disk and on chain.
  const store = ownerStore(network, ownerDir);
  const dataset = await store.get(idOf(onWithdrawn));
  const nobody = { ...dataset.policy, developers: [], purposes: [] };
  await store.put({ ...dataset, policy: nobody });
  const withdrawn = { datasetId: idOf(onWithdrawn), policyDigest: releasePolicyDigest(nobody), key: 'withdraw' };
  await setDatasetPolicy(owner, withdrawn);
  await retireDataset(owner, { datasetId: idOf(onRetired) });

  await startAgent();
  const reasons = await Promise.all(kits.map(async (kit) => (await decision(kit)).reasons));
  expect(reasons).toEqual([
    ['chain.device'],
    ['policy.notRegistered'],
    ['policy.purpose', 'policy.developer'],
    ['dataset.retired'],
  ]);
  for (const [i, kit] of kits.entries()) {
    expect((await decision(kit)).decision).toBe('deny');
    const status = await ending(kit.jobId, jobs[i]!);
    expect(status).toMatchObject({ state: 'failed', step: 0, failure: { code: 'enclave.denied' } });
    expect(status.failure?.data).toEqual({ reasons: reasons[i] });
    expect((await jobState(network.client, kit.jobId)).keyReleased).toBe(false);
  }
  waitingKits = kits;
  // And nobody is matched to what its owner withdrew: the agent grants it no more.
  const ungranted = await until('the agent’s word', () =>
    Promise.resolve(
      network.logged.find(({ line }) => line.includes(idOf(onWithdrawn)) && line.includes('not granted')),
    ),
  );
  expect(ungranted.line).toContain('its policy allows nobody: consent is withdrawn');
});

describe('the scheduler’s or the operator’s key alone can’t produce an accepted result', () => {
  /** The error of the contract with which it takes no result by these signers; undefined if it would take it. */
  const refusal = async (
    { order, jobId }: JobKit,
    by: { sender: Address; receipt: HDAccount; release: HDAccount },
  ): Promise<string | undefined> => {
    const { deployment, public: node } = network.client;
    const domain = { chainId: deployment.chainId, jobs: deployment.contracts.jobs };
    const { attempt, enclaveKey, steps } = await jobState(network.client, jobId);
    const digest = digestOf(new TextEncoder().encode('a model out of thin air'));
    const { rdpLow, rdpHigh } = order;
    const receipt = { jobId, attempt, steps, resultDigest: digest, certificateDigest: digest, rdpLow, rdpHigh };
    const release = { jobId, attempt, enclaveKey, evidenceId: digest, policyDigest: digest, logHead: digest };
    const args = [
      ...[order, receipt, await signReceipt(receipt, domain, by.receipt)],
      ...[release, await signKeyRelease(release, domain, by.release)],
    ] as never;
    const call = { address: domain.jobs, abi: jobsAbi, functionName: 'deliver', args, account: by.sender } as const;
    try {
      await node.simulateContract(call);
      return undefined;
    } catch (error) {
      const cause = (error as BaseError).walk((one) => one instanceof ContractFunctionRevertedError);
      return (cause as ContractFunctionRevertedError | null)?.data?.errorName ?? String(error);
    }
  };
  const keys = () => {
    const { keys: all } = network.chain;
    const teams = (['team', 'matcher', 'verifier', 'guardian', 'treasurer'] as const).map((name) => all.named(name));
    return { scheduler: all.named('matcher'), owner: all.user(1), developer: all.user(0), teams };
  };

  test('with an enclave that is registered and has no key yet: not the scheduler, the operator, the owner, the developer or the team', async () => {
    const [kit] = waitingKits as [JobKit];
    const job = await jobState(network.client, kit.jobId);
    expect(job).toMatchObject({ state: 'Started', keyReleased: false });
    const operator = [2, 3, 4, 5, 6]
      .map((index) => network.chain.keys.user(index))
      .find((one) => one.address === job.provider)!;
    const { scheduler, owner, developer, teams } = keys();
    for (const one of [scheduler, operator, owner, developer, ...teams]) {
      const alone = { sender: one.address, receipt: one, release: one };
      expect(await refusal(kit, alone)).toBe('JobsBadSignature');
      // Not even with a release that the owner did sign.
      expect(await refusal(kit, { ...alone, release: owner })).toBe('JobsBadSignature');
    }
    expect((await jobState(network.client, kit.jobId)).state).toBe('Started');
  });

  test('with the operator’s own key registered as the enclave’s: without the owner’s release the chain takes no result', async () => {
    const { deployment, coordinator } = network;
    const { account: operator, config, writer: writes } = await network.provider(7, 'operator', 1n);
    await network.chain.advanceTime(120);
    const [kit] = (await granted(1)) as [JobKit];
    const offer = {
      ...{ provider: operator.address, ask: 1n, maxUnits: BigInt(config['maxUnits'] as string), maxDurationSec: 3600 },
      ...{ nonce: 1n, expiresAt: BigInt((await chainTime(network.client)) + 3600) },
    };
    const domain = { chainId: deployment.chainId, jobs: deployment.contracts.jobs };
    await coordinator.postOffer({ offer: offerToJson(offer), signature: await signOffer(offer, domain, operator) });
    await submitKit(network, kit);
    const matched = await until('the match', async () => {
      const job = await jobState(network.client, kit.jobId);
      return job.state === 'Matched' ? job : undefined;
    });
    expect(matched.provider).toBe(operator.address);
    const evidenceId = digestOf(new TextEncoder().encode('no evidence'));
    await start(writes, { jobId: kit.jobId, attempt: 1, enclaveKey: operator.address, evidenceId });

    const { scheduler, developer, teams } = keys();
    for (const accomplice of [operator, scheduler, developer, ...teams]) {
      const together = { sender: operator.address, receipt: operator, release: accomplice };
      expect(await refusal(kit, together)).toBe('JobsBadSignature');
    }
    expect(await jobState(network.client, kit.jobId)).toMatchObject({ state: 'Started', keyReleased: false });
    // Both of them would be enough, which is why the owner's agent signs for keys that it saw in evidence only.
    expect(await refusal(kit, { sender: operator.address, receipt: operator, release: keys().owner })).toBeUndefined();
    expect(await readFile(join(ownerDir, 'release-log.jsonl'), 'utf8')).not.toContain(
      `"decision":"allow","evidenceId":"${evidenceId}"`,
    );
  });
});

test('a verifier that is removed, an appraisal policy that is withdrawn: the level that a release asks for is gone from the next block on', async () => {
  const { kit, job } = released;
  const verifier = network.chain.keys.named('verifier');
  const measurement = digestOf(fromHex(measureEnclave()));
  const device: Hex = `0x${'de'.repeat(32)}`;
  const recordUnder = async (policyDigest: Hex) => {
    await network.chain.advanceTime(1);
    const issuedAt = BigInt(await chainTime(network.client));
    const finding = {
      ...{
        subject: job.provider,
        level: 2,
        evidenceId: digestOf(fromHex(kit.jobId)),
        policyDigest,
        measurement,
        device,
      },
      ...{ issuedAt, expiresAt: issuedAt + 86_400n },
    };
    const signature = await signFinding(finding, network.deployment, verifier);
    const signatures = [{ verifier: verifier.address, signature }];
    await recordAttestation(await writer('guardian'), { finding, signatures });
  };
  const against = async (minLevel: number) => {
    const { policyDigest: registered } = await datasetFacts(network.client, kit.order.datasetId as DatasetId);
    const asked = { jobId: kit.jobId, job, datasetId: kit.order.datasetId as DatasetId, minLevel };
    const found = await recheckChain(network.client, {
      ...asked,
      policyDigest: registered,
      enclave: { measurement, device },
    });
    // The job itself was delivered meanwhile.
    return found.filter((code) => code.startsWith('chain.'));
  };
  const [first, second] = ['first', 'second'].map((name) => digestOf(new TextEncoder().encode(name))) as [Hex, Hex];
  await recordUnder(first);
  expect(await against(2)).toEqual([]);
  expect(await against(3)).toEqual(['chain.level']);
  await deny({ kind: 'policy', value: first });
  expect(await against(2)).toEqual(['chain.level']);
  await recordUnder(second);
  expect(await against(2)).toEqual([]);
  await deny({ kind: 'verifier', value: verifier.address });
  expect(await against(2)).toEqual(['chain.level']);
});

test('a measurement denied on chain gets no key from the next block on, on any machine', async () => {
  const [kit] = (await granted(1)) as [JobKit];
  await stopAgent();
  await submitKit(network, kit);
  const job = await waiting(kit);
  await deny({ kind: 'measurement', value: digestOf(fromHex(measureEnclave())) });
  await startAgent();
  expect(await decision(kit)).toMatchObject({ decision: 'deny', reasons: ['chain.measurement'] });
  expect(await ending(kit.jobId, job)).toMatchObject({ state: 'failed', failure: { code: 'enclave.denied' } });
  const log = await readFile(join(ownerDir, 'release-log.jsonl'), 'utf8');
  expect(log).not.toContain(toHex(kit.secret).slice(2));
});
