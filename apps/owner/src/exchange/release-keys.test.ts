import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createDevelopmentPki, decodeEvidence, decodeRuntimeData, type TrustAnchors } from '@encryptech/attestation';
import { digestOf, fromHex, type DatasetId, type Hex } from '@encryptech/base';
import {
  certificateFileToJson,
  openResult,
  releasePolicyDigest,
  verifyCertificateFile,
  verifyKeyRelease,
  wire,
  type ReleasePolicy,
} from '@encryptech/protocol';
import { afterEach, describe, expect, test } from 'vitest';
import { makeKit, type JobKit } from '../../../provider/test/job-kit.ts';
import { runProvider, scratchFolder, type ProviderUnderTest } from '../../../provider/test/run-provider.ts';
import { bundleToJson, parseBundle, type Bundle } from '../bundle/bundle.ts';
import { makeBundle } from '../bundle/make-bundle.ts';
import { verifyBundle } from '../bundle/verify-bundle.ts';
import type { OwnedDataset } from '../datasets/dataset-store.ts';
import type { DenialCode } from '../judgement/denial.ts';
import type { ChainFacts, ClaimedJob } from '../judgement/judge-job.ts';
import { openReleaseLog, type ReleaseLog } from '../release-log/open-release-log.ts';
import { verifyReleaseLog } from '../release-log/verify-release-log.ts';
import { createReleaseStore } from '../releases/release-store.ts';
import { connectEnclave, type EnclaveLine } from './connect-enclave.ts';
import { MOST_RELEASES, releaseKeys, type ReleaseDeps, type ReleaseOptions } from './release-keys.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean();
});

interface Scene {
  kit: JobKit;
  provider: ProviderUnderTest;
  dataset: OwnedDataset;
  claimed: ClaimedJob;
  chain: ChainFacts;
  deps: ReleaseDeps;
  log: ReleaseLog;
  logPath: string;
  connect(): Promise<EnclaveLine>;
}

/** An owner with its files, and a provider whose enclave waits for keys. */
async function scene(kit?: JobKit, change: Parameters<typeof runProvider>[1] = () => ({})): Promise<Scene> {
  kit ??= await makeKit({ steps: 4 });
  const provider = await runProvider(kit, change);
  cleanups.push(() => provider.stop());
  const { enclaveKey } = await provider.started;
  const folder = scratchFolder(cleanups);
  const logPath = join(folder, 'release-log.jsonl');
  const log = await openReleaseLog(logPath, { now: Date.now });
  cleanups.push(() => log.close());
  return {
    kit,
    provider,
    dataset: {
      id: kit.order.datasetId as DatasetId,
      manifest: kit.manifest,
      policy: kit.policy,
      secret: kit.secret,
    },
    claimed: {
      jobId: kit.jobId,
      order: kit.order,
      orderSignature: kit.orderSignature,
      spec: kit.spec,
      graph: kit.graph,
    },
    chain: {
      started: true,
      attempt: 1,
      provider: kit.provider,
      enclaveKey,
      datasetOwner: kit.owner.address,
      budgetHeld: true,
      policyDigest: kit.manifest.policyDigest,
      minLevel: 0,
    },
    deps: {
      owner: { address: kit.owner.address, signer: kit.owner },
      domain: kit.domain,
      anchors: { vendor: {}, development: [kit.pki.anchor] },
      log,
      releases: createReleaseStore(join(folder, 'releases')),
      now: Date.now,
    },
    log,
    logPath,
    connect: async () => {
      const line = await connectEnclave({ providerUrl: provider.url, jobId: kit.jobId, timeoutMs: 20_000 });
      cleanups.push(() => line.close());
      return line;
    },
  };
}

const recheck = (): Promise<DenialCode[]> => Promise.resolve([]);

async function decide(
  at: Scene,
  change: Partial<Pick<Scene, 'claimed' | 'chain' | 'dataset' | 'deps'> & Pick<ReleaseOptions, 'recheck'>> = {},
) {
  const { claimed, chain, dataset, deps, recheck: asked = recheck } = { ...at, ...change };
  return releaseKeys({ claimed, chain, dataset, line: await at.connect(), recheck: asked }, deps);
}

/** The policy with a change, registered on chain. */
function under(at: Scene, change: Partial<ReleasePolicy>): Pick<Scene, 'dataset' | 'chain'> {
  const policy = { ...at.dataset.policy, ...change };
  return {
    dataset: { ...at.dataset, policy },
    chain: { ...at.chain, policyDigest: releasePolicyDigest(policy) },
  };
}

const codesOf = (outcome: Awaited<ReturnType<typeof releaseKeys>>) =>
  outcome.decision === 'deny' ? outcome.denials.map(({ code }) => code) : [];

async function entriesOf(path: string) {
  const entries: { decision: string; reasons: string[]; evidenceId: string | null }[] = [];
  await verifyReleaseLog(path, {
    onEntry: ({ decision, reasons, evidenceId }) => entries.push({ decision, reasons, evidenceId }),
  });
  return entries;
}

describe('an honest job', () => {
  test('gets its keys once it has proven itself, and ends in a result that only the developer opens', async () => {
    const at = await scene(await makeKit({ steps: 12 }));
    const outcome = await decide(at);
    expect(outcome.decision).toBe('allow');
    expect(await at.provider.outcome).toEqual({ outcome: 'delivered' });
    const { body, release } = at.provider.delivered()!;

    // What goes on chain: the owner's release to this enclave, over the head of the log at that moment.
    await verifyKeyRelease(release.release, release.signature, at.kit.domain, at.kit.owner.address);
    expect(release.release).toMatchObject({ attempt: 1, evidenceId: outcome.evidenceId, logHead: at.log.head });
    expect(await entriesOf(at.logPath)).toEqual([{ decision: 'allow', reasons: [], evidenceId: outcome.evidenceId }]);
    expect(at.provider.checkpoints.at(-1)).toBe(10);

    const sealed = body.sealed;
    const bytes = 'file' in sealed ? new Uint8Array(readFileSync(join(at.provider.folder, sealed.file))) : sealed.bytes;
    const { secretKey } = at.kit.resultKeys;
    const { certificate } = await openResult({ secretKey, jobId: at.kit.jobId, bytes });
    await verifyCertificateFile({ certificate, receipt: body.receipt, signature: body.signature });
    expect(certificate.evidence.id).toBe(outcome.evidenceId);

    // What the owner kept makes a bundle that anybody can check, and in which nothing can be exchanged.
    const file = certificateFileToJson({ certificate, receipt: body.receipt, signature: body.signature });
    const bundle = parseBundle(bundleToJson(await makeBundle(dirname(at.logPath), { certificate: file })));
    const { anchors } = at.deps;
    const wrong = async (change: Partial<Bundle>, roots = anchors) =>
      (await verifyBundle({ ...bundle, ...change }, { anchors: roots }))
        .filter(({ ok }) => !ok)
        .map((one) => one.check);
    expect(await wrong({})).toEqual([]);
    expect((await verifyBundle(bundle, { anchors })).map(({ check }) => check)).toEqual([
      ...['evidence', 'binding', 'appraisal', 'policy', 'release', 'log-entry'],
    ]);
    expect(await wrong({}, foreignAnchors)).toEqual(['evidence']);
    const claimed = { ...certificate, evidence: { ...certificate.evidence, level: 1 as const } };
    expect(await wrong({ certificate: { ...bundle.certificate, certificate: claimed } })).toEqual(['appraisal']);
    const moved = { ...certificate, job: `0x${'ff'.repeat(32)}` as const };
    expect(await wrong({ certificate: { ...bundle.certificate, certificate: moved } })).toEqual([
      ...['binding', 'release', 'log-entry'],
    ]);
    expect(await wrong({ policy: { ...bundle.policy, maxEpsilonPerJob: 99 } })).toEqual(['policy']);
    expect(await wrong({ policy: { ...bundle.policy, measurements: [] } })).toEqual(['appraisal', 'policy']);
    expect(await wrong({ logEntry: { ...bundle.logEntry, seq: 7 } })).toEqual(['log-entry']);
    const other = { ...bundle.release.release, enclaveKey: at.kit.owner.address };
    expect(await wrong({ release: { ...bundle.release, release: other } })).toEqual(['release']);
    await expect(
      makeBundle(dirname(at.logPath), { certificate: { ...file, certificate: { ...certificate, attempt: 9 } } }),
    ).rejects.toMatchObject({ code: 'owner.noRelease' });
    expect(() => parseBundle({ ...bundleToJson(bundle), note: 1 })).toThrow(/bundle/);
  });

  test('gets its keys by X-Wing where the owner asks for it', async () => {
    const at = await scene(await makeKit({ steps: 4 }));
    const deps = { ...at.deps, kem: 'x-wing' } as const;
    const outcome = await decide(at, { deps });
    expect(outcome.decision).toBe('allow');
    expect(await at.provider.outcome).toEqual({ outcome: 'delivered' });
    const stored = (await at.deps.releases.get(at.kit.jobId, 1))!;
    const { runtimeData } = decodeEvidence(stored.evidence);
    const { kem, hpkePublicKey } = decodeRuntimeData(runtimeData);
    expect([kem, fromHex(hpkePublicKey).length]).toEqual(['x-wing', 1216]);
    const message = wire.decode(stored.message);
    // Encapsulated key, three keys, tag.
    expect(message.type === 'release' ? message.body.sealedKeys.length : 0).toBe(1120 + 96 + 16);
  });

  test('an agent that lost its connection after the release may send the very same bytes again', async () => {
    const at = await scene(await makeKit({ steps: 400 }));
    const line = await at.connect();
    const first = await releaseKeys(
      { claimed: at.claimed, chain: at.chain, dataset: at.dataset, line, recheck },
      at.deps,
    );
    line.close();
    const stored = await at.deps.releases.get(at.kit.jobId, 1);
    const again = decide(at);
    // By now the enclave works and needs no keys: it answers by going on.
    expect(await again).toEqual({ decision: 'allow', evidenceId: first.evidenceId });
    expect(await at.deps.releases.get(at.kit.jobId, 1)).toEqual(stored);
    expect(await entriesOf(at.logPath)).toHaveLength(1);
  });
});

describe('an owner refuses', () => {
  test('second release for one attempt: another enclave for the same attempt gets nothing', async () => {
    const kit = await makeKit({ steps: 4 });
    const first = await scene(kit);
    expect((await decide(first)).decision).toBe('allow');
    const second = await scene(kit);
    const outcome = await decide(second, { deps: { ...second.deps, releases: first.deps.releases } });
    expect(codesOf(outcome)).toEqual(['release.before']);
    expect(await second.provider.outcome).toMatchObject({
      ...{ outcome: 'failed', failure: { code: 'enclave.denied' }, withoutKey: true },
    });
    expect(second.provider.delivered()).toBeUndefined();
  });

  test('two decisions at the same time release once', async () => {
    const at = await scene();
    const outcomes = await Promise.allSettled([decide(at), decide(at), decide(at)]);
    const stored = await at.deps.releases.get(at.kit.jobId, 1);
    expect(stored).toBeDefined();
    const allowed = outcomes.filter((each) => each.status === 'fulfilled' && each.value.decision === 'allow');
    for (const each of allowed) {
      expect((each as PromiseFulfilledResult<{ evidenceId: Hex }>).value.evidenceId).toBe(stored!.evidenceId);
    }
  });

  test('an attempt that ended while it was judged', async () => {
    const at = await scene();
    const asked: unknown[] = [];
    const outcome = await decide(at, {
      recheck: (enclave) => {
        asked.push(enclave.measurement);
        return Promise.resolve(['job.state', 'chain.measurement']);
      },
    });
    expect(asked).toEqual([digestOf(fromHex(at.kit.policy.measurements[0]!))]);
    expect(codesOf(outcome)).toEqual(['job.state', 'chain.measurement']);
    expect(await at.deps.releases.get(at.kit.jobId, 1)).toBeUndefined();
    expect(await at.provider.outcome).toMatchObject({
      ...{ outcome: 'failed', failure: { code: 'enclave.denied' }, withoutKey: true },
    });
  });

  test('a sixth attempt at one job', async () => {
    const at = await scene();
    for (let attempt = 2; attempt < 2 + MOST_RELEASES; attempt++) {
      const id = `0x${'00'.repeat(32)}` as const;
      const enclave = { measurement: id, device: id };
      const stored = {
        evidenceId: id,
        enclaveKey: at.kit.owner.address,
        enclave,
        policy: at.kit.policy,
        evidence: Uint8Array.of(1),
        message: Uint8Array.of(1),
      };
      await at.deps.releases.claim(at.kit.jobId, attempt, stored);
    }
    expect(codesOf(await decide(at))).toEqual(['release.tooMany']);
    expect(await at.deps.releases.get(at.kit.jobId, 1)).toBeUndefined();
  });

  test('to send what it could not write down first: a full disk releases nothing', async () => {
    const at = await scene();
    const line = await at.connect();
    const sent: string[] = [];
    const watched: EnclaveLine = {
      ...line,
      send: (message) => (sent.push(message.type), line.send(message)),
      relay: (bytes) => (sent.push('release'), line.relay(bytes)),
    };
    const full = { ...at.deps.releases, claim: () => Promise.reject(new Error('no space left')) };
    const { claimed, chain, dataset } = at;
    const decided = releaseKeys({ claimed, chain, dataset, line: watched, recheck }, { ...at.deps, releases: full });
    await expect(decided).rejects.toThrow('no space left');
    expect(sent).toEqual(['challenge']);
  });

  const cases: [string, (at: Scene) => Partial<Pick<Scene, 'chain' | 'dataset' | 'deps'>>, string][] = [
    ['expired policy', (at) => under(at, { until: 1_700_000_000 }), 'policy.expired'],
    [
      'unknown measurement',
      (at) => under(at, { measurements: [`0x${'ab'.repeat(48)}`] }),
      'evidence:measurement-not-allowed',
    ],
    [
      'enclave whose signing key is not the one that the chain knows',
      (at) => ({ chain: { ...at.chain, enclaveKey: at.kit.owner.address } }),
      'evidence:signer-mismatch',
    ],
    ['level that the chain demands', (at) => ({ chain: { ...at.chain, minLevel: 1 } }), 'evidence:level-too-low'],
    ['foreign root', (at) => ({ deps: { ...at.deps, anchors: foreignAnchors } }), 'evidence.unverified'],
  ];

  test.each(cases)('%s', async (_, change, code) => {
    const at = await scene();
    const outcome = await decide(at, change(at));
    expect(codesOf(outcome)).toContain(code);
    expect((await entriesOf(at.logPath)).map(({ decision, reasons }) => [decision, reasons])).toEqual([
      ['deny', codesOf(outcome)],
    ]);
    expect(await at.provider.outcome).toMatchObject({
      outcome: 'failed',
      failure: { code: 'enclave.denied', data: { reasons: codesOf(outcome) } },
    });
    expect(await at.deps.releases.get(at.kit.jobId, 1)).toBeUndefined();
    const logged = readFileSync(at.logPath, 'utf8');
    expect(logged).not.toContain(Buffer.from(at.kit.secret).toString('hex'));
  });
});

const foreignAnchors: TrustAnchors = {
  vendor: {},
  development: [createDevelopmentPki(new Uint8Array(32).fill(99)).anchor],
};
