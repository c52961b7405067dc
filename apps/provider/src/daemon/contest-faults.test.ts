import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { zeroHash } from 'viem';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Hex, JobId } from '@encryptech/base';
import { deliver, expire, faultEvidence, listFaults, proposeFault, type Match } from '@encryptech/chain';
import { signKeyRelease, signReceipt, type BlobStore } from '@encryptech/protocol';
import { createFolderBlobStore } from '@encryptech/protocol/node';
import { CHARGE, digest, openMarket, type Market } from '../../../../packages/chain/test/open-market.ts';
import { startNetwork, type TestNetwork } from '../../../../packages/chain/test/start-network.ts';
import { openKeylessAttempts, type KeylessAttempts } from '../jobs/keyless-attempts.ts';
import { contestFaults } from './contest-faults.ts';

const ENC = 10n ** 18n;
let net: TestNetwork;
let market: Market;
let dir: string;
let blobs: BlobStore;
let keyless: KeylessAttempts;
let nonce = 0n;
beforeAll(async () => {
  net = await startNetwork();
  market = await openMarket(net);
  dir = mkdtempSync(join(tmpdir(), 'encryptech-contest-'));
  keyless = await openKeylessAttempts(join(dir, 'keyless.json'));
  blobs = createFolderBlobStore({ folder: join(dir, 'blobs') });
});
afterAll(async () => {
  await net.stop();
  rmSync(dir, { recursive: true, force: true });
});

/** Reports a fault as the developer, and lets the daemon look until it has said something about it. */
async function stateAfter(evidence: Hex): Promise<string> {
  const { faultId } = await proposeFault(market.writers.developer, { evidence, bond: ENC, key: `report${nonce}` });
  const said: string[] = [];
  const log = pino({ level: 'info' }, { write: (line: string) => void said.push(line) });
  const ending = new AbortController();
  const working = contestFaults({
    ...{ client: net.client, writer: market.writers.provider, blobs, keyless, log, signal: ending.signal },
  });
  await expect.poll(() => said.some((line) => line.includes(`"faultId":"${faultId}"`)), { timeout: 20_000 }).toBe(true);
  ending.abort();
  await working;
  return (await listFaults(net.client)).find(({ id }) => id === faultId)!.state;
}

/** An attempt whose enclave started, and which missed its deadline. */
async function missed(): Promise<JobId> {
  const match = await market.newMatch(++nonce);
  await market.propose(match);
  await market.start(match);
  await net.chain.advanceTime(661);
  await expire(market.writers.matcher, { jobId: market.jobOf(match), attempt: 1 });
  return market.jobOf(match);
}

/** A delivered job with those bytes as its sealed result. */
async function delivered(result: Uint8Array) {
  const match: Match = await market.newMatch(++nonce);
  await market.propose(match);
  await market.start(match);
  const domain = { chainId: net.deployment.chainId, jobs: net.deployment.contracts.jobs };
  const jobId = market.jobOf(match);
  const { enclave, owner } = market.people;
  const receipt = {
    ...{ jobId, attempt: 1, steps: match.order.steps, certificateDigest: digest('b2') },
    ...{ resultDigest: `0x${createHash('sha256').update(result).digest('hex')}` as Hex },
    ...{ rdpLow: CHARGE / 2n, rdpHigh: CHARGE / 2n },
  };
  const release = {
    ...{ jobId, attempt: 1, enclaveKey: enclave.address, evidenceId: digest('e1') },
    ...{ policyDigest: digest('d4'), logHead: zeroHash },
  };
  const enclaveSig = await signReceipt(receipt, domain, enclave);
  const ownerSig = await signKeyRelease(release, domain, owner);
  await deliver(market.writers.provider, { order: match.order, receipt, enclaveSig, release, ownerSig });
  return { document: receipt, signature: enclaveSig };
}

test('lateness is contested where the record says that no key came, over restarts; never without that record', async () => {
  expect(await stateAfter(faultEvidence.late(await missed(), 1))).toBe('proposed');
  const jobId = await missed();
  await keyless.add(jobId, 1);
  keyless = await openKeylessAttempts(join(dir, 'keyless.json'));
  expect([keyless.has(jobId, 1), keyless.has(jobId, 2)]).toEqual([true, false]);
  expect(await stateAfter(faultEvidence.late(jobId, 1))).toBe('contested');
});

test('a result that can be had clears the report at once, and the bond of who reported is the provider’s', async () => {
  const result = new Uint8Array(3_000).fill(7);
  const signed = await delivered(result);
  await blobs.put(result);
  expect(await stateAfter(faultEvidence.notServed(signed))).toBe('voided');
});

test('a result that nobody has stays unserved', async () => {
  const signed = await delivered(new Uint8Array(10).fill(9));
  expect(await stateAfter(faultEvidence.notServed(signed))).toBe('proposed');
});
