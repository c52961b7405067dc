import { join } from 'node:path';
import type { DatasetId } from '@encryptech/base';
import type { EnvelopeKem } from '@encryptech/sealing';
import { makeKit } from '../../provider/test/job-kit.ts';
import { runProvider, scratchFolder } from '../../provider/test/run-provider.ts';
import { connectEnclave } from '../src/exchange/connect-enclave.ts';
import { releaseKeys } from '../src/exchange/release-keys.ts';
import { openReleaseLog } from '../src/release-log/open-release-log.ts';
import { createReleaseStore } from '../src/releases/release-store.ts';

// Prints the milliseconds of as many releases as its first argument says, sealed by the KEM of its second, as JSON: for bench/src/release-round-trip.ts.
const times: number[] = [];
for (let round = 0; round < Number(process.argv[2]); round++)
  times.push(await oneRelease((process.argv[3] ?? 'x25519') as EnvelopeKem));
process.stdout.write(JSON.stringify(times));

async function oneRelease(kem: EnvelopeKem): Promise<number> {
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
        ...{ owner: { address: owner.address, signer: owner }, domain, kem, log, now: Date.now },
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
