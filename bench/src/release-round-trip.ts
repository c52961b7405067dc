import { join } from 'node:path';
import type { DatasetId } from '@encryptech/base';
import { connectEnclave } from '../../apps/owner/src/exchange/connect-enclave.ts';
import { releaseKeys } from '../../apps/owner/src/exchange/release-keys.ts';
import { openReleaseLog } from '../../apps/owner/src/release-log/open-release-log.ts';
import { createReleaseStore } from '../../apps/owner/src/releases/release-store.ts';
import { makeKit } from '../../apps/provider/test/job-kit.ts';
import { runProvider, scratchFolder } from '../../apps/provider/test/run-provider.ts';
import type { Figure } from './figure.ts';
import { summarise } from './interleave.ts';

const GOAL_MS = 100;

/**
 * The time from an owner's decision to look at a job until its enclave works with the keys: order, graph and plan judged,
 * challenge, evidence, appraisal, log and release on disk, keys sealed, sent and opened. A real worker process behind a real
 * WebSocket on this machine; the connection stands and the chain's answers are at hand. Each round is a fresh enclave.
 */
export async function releaseRoundTrip({ rounds = 9, warmups = 2 } = {}): Promise<Figure> {
  const times: number[] = [];
  for (let round = -warmups; round < rounds; round++) {
    const milliseconds = await oneRelease();
    if (round >= 0) times.push(milliseconds);
  }
  const { medianMs, spreadMs } = summarise(times);
  return {
    ...{ name: 'attestation.release-round-trip', figure: medianMs, unit: 'ms' },
    ...{ goal: `<= ${GOAL_MS}`, holds: medianMs <= GOAL_MS },
    settings: { rounds, node: process.version, transport: 'WebSocket, 127.0.0.1', spreadMs: spreadMs.toFixed(2) },
  };
}

async function oneRelease(): Promise<number> {
  const cleanups: (() => unknown)[] = [];
  try {
    const kit = await makeKit({ steps: 200 });
    const provider = await runProvider(kit);
    cleanups.push(() => provider.stop());
    const { enclaveKey } = await provider.started;
    const folder = scratchFolder(cleanups);
    const log = await openReleaseLog(join(folder, 'release-log.jsonl'), { now: Date.now });
    cleanups.push(() => log.close());
    const line = await connectEnclave({ providerUrl: provider.url, jobId: kit.jobId, timeoutMs: 30_000 });
    cleanups.push(() => line.close());
    const { order, orderSignature, spec, graph, jobId, manifest, policy, secret, domain, owner } = kit;
    const started = performance.now();
    const outcome = await releaseKeys(
      {
        claimed: { jobId, order, orderSignature, spec, graph },
        chain: {
          ...{ started: true, attempt: 1, provider: kit.provider, enclaveKey, datasetOwner: owner.address },
          ...{ budgetHeld: true, policyDigest: manifest.policyDigest, minLevel: 0 },
        },
        dataset: { id: order.datasetId as DatasetId, manifest, policy, secret },
        line,
        recheck: () => Promise.resolve([]),
      },
      {
        ...{ owner: { address: owner.address, signer: owner }, domain, log, now: Date.now },
        anchors: { vendor: {}, development: [kit.pki.anchor] },
        releases: createReleaseStore(join(folder, 'releases')),
      },
    );
    const milliseconds = performance.now() - started;
    if (outcome.decision !== 'allow') {
      throw new Error(`Refused: ${outcome.denials.map(({ code }) => code).join(', ')}`);
    }
    return milliseconds;
  } finally {
    for (const clean of cleanups.reverse()) await clean();
  }
}
