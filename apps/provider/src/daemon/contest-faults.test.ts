import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { zeroHash } from 'viem';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Hex, JobId } from '@encryptech/base';
import {
  accountBalances,
  answerFault,
  callContract,
  chainTime,
  deliver,
  deposit,
  dismissFault,
  executeFault,
  expire,
  faultEvidence,
  faultsAbi,
  listFaults,
  proposeFault,
  recordAttestation,
  signFinding,
  type Match,
} from '@encryptech/chain';
import { signKeyRelease, signReceipt, type BlobStore, type KeyRelease } from '@encryptech/protocol';
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

interface Line {
  msg: string;
  faultId?: string;
  because?: string;
  code?: string;
  reason?: string;
  taken?: string;
}

/** The daemon's part on its own, from now until `end`. */
function watch() {
  const lines: Line[] = [];
  const log = pino({ level: 'info' }, { write: (line: string) => void lines.push(JSON.parse(line) as Line) });
  const ending = new AbortController();
  const { client } = net;
  const { signal } = ending;
  const working = contestFaults({
    client,
    writer: market.writers.provider,
    blobs,
    keyless,
    log,
    signal,
    lookEveryMs: 300,
  });
  return {
    /** The first line about a fault with those words. */
    said: async (faultId: bigint, words: string): Promise<Line> => {
      const find = () => lines.find((line) => line.faultId === String(faultId) && line.msg.includes(words));
      await expect.poll(find, { timeout: 20_000, interval: 50 }).toBeDefined();
      return find()!;
    },
    end: async (): Promise<void> => {
      ending.abort();
      await working;
    },
  };
}

const report = async (evidence: Hex): Promise<bigint> => {
  const key = `report${nonce}`;
  return (await proposeFault(market.writers.developer, { evidence, bond: ENC, key })).faultId;
};
const stateOf = async (faultId: bigint) => (await listFaults(net.client)).find(({ id }) => id === faultId)!.state;

/** Reports a fault as the developer, and lets the daemon look until it has said something about it. */
async function stateAfter(evidence: Hex): Promise<string> {
  const faultId = await report(evidence);
  const daemon = watch();
  await daemon.said(faultId, '');
  await daemon.end();
  return stateOf(faultId);
}

const domain = () => ({ chainId: net.deployment.chainId, jobs: net.deployment.contracts.jobs });

/** The owner's signed release of the only attempt's keys to its enclave. */
async function signedRelease(jobId: JobId): Promise<{ document: KeyRelease; signature: Hex }> {
  const { enclave, owner } = market.people;
  const document = {
    ...{ jobId, attempt: 1, enclaveKey: enclave.address, evidenceId: digest('e1') },
    ...{ policyDigest: digest('d4'), logHead: zeroHash },
  };
  return { document, signature: await signKeyRelease(document, domain(), owner) };
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
  const jobId = market.jobOf(match);
  const { enclave } = market.people;
  const receipt = {
    ...{ jobId, attempt: 1, steps: match.order.steps, certificateDigest: digest('b2') },
    ...{ resultDigest: `0x${createHash('sha256').update(result).digest('hex')}` as Hex },
    ...{ rdpLow: CHARGE / 2n, rdpHigh: CHARGE / 2n },
  };
  const enclaveSig = await signReceipt(receipt, domain(), enclave);
  const { document: release, signature: ownerSig } = await signedRelease(jobId);
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

test('a provider with nothing in hand puts up the bond from what jobs paid it', async () => {
  const { provider } = market.people;
  const { enc } = await accountBalances(net.client, provider.address);
  await deposit(market.writers.provider, { amount: enc, key: 'all' });
  const jobId = await missed();
  await keyless.add(jobId, 1);
  const daemon = watch();
  const faultId = await report(faultEvidence.late(jobId, 1));
  await daemon.said(faultId, 'Took the bond');
  await daemon.said(faultId, 'Contested a fault');
  await daemon.end();
  expect(await accountBalances(net.client, provider.address)).toMatchObject({ enc: 0n, deposit: enc - ENC });
});

test('how a contest ends is told with its reason: void when nobody answers, paid when the owner shows a release that it kept back', async () => {
  const unanswered = await missed();
  await keyless.add(unanswered, 1);
  const daemon = watch();
  const first = await report(faultEvidence.late(unanswered, 1));
  await daemon.said(first, 'Contested a fault');
  await net.chain.advanceTime(21);
  await dismissFault(market.writers.matcher, { faultId: first, key: 'dismiss' });
  expect(await daemon.said(first, 'A fault is void')).toMatchObject({
    reason: 'Nobody answered the contest',
    taken: '0',
  });

  // What the team voids is told as such.
  const waived = await missed();
  const lenient = await report(faultEvidence.late(waived, 1));
  await daemon.said(lenient, 'no record here speaks against it');
  await callContract(net.writer(net.chain.keys.named('team')), {
    ...{ key: 'void', contract: 'faults', abi: faultsAbi, functionName: 'reduce', args: [lenient, 0, 'A storm'] },
  });
  expect((await daemon.said(lenient, 'A fault is void')).reason).toContain('The team voided it');

  const answered = await missed();
  await keyless.add(answered, 1);
  const second = await report(faultEvidence.late(answered, 1));
  expect(await daemon.said(second, 'Contested a fault')).toMatchObject({ because: 'The owner gave no key' });
  const evidence = faultEvidence.keyGiven(second, await signedRelease(answered));
  await answerFault(market.writers.owner, { faultId: second, evidence, key: 'answer' });
  await executeFault(market.writers.matcher, { faultId: second, key: 'execute' });
  const { reason, taken } = await daemon.said(second, 'A fault was paid');
  expect(reason).toBe('The contest was answered with evidence');
  // 1 to 5 % of the 50 ENC that the job locked, by how often it happened in 30 days.
  expect(BigInt(taken!)).toBeGreaterThanOrEqual(ENC / 2n);
  expect(BigInt(taken!)).toBeLessThanOrEqual((5n * ENC) / 2n);

  // The same owner once more, with the same record: another bond is not put up.
  const third = await missed();
  await keyless.add(third, 1);
  const faultId = await report(faultEvidence.late(third, 1));
  expect((await daemon.said(faultId, 'is not contested')).reason).toContain('a release that never came');
  expect(await stateOf(faultId)).toBe('proposed');
  await daemon.end();
});

test('an attestation that was lowered is contested as soon as the register restores it; one that stays low is not', async () => {
  const { provider } = market.people;
  const verifier = net.chain.keys.named('verifier');
  const record = async (level: number): Promise<void> => {
    await net.chain.advanceTime(1);
    const issuedAt = BigInt(await chainTime(net.client));
    const finding = {
      ...{ subject: provider.address, level, evidenceId: digest('e1'), policyDigest: digest('e2') },
      ...{ measurement: digest('e3'), device: digest('e4'), issuedAt, expiresAt: issuedAt + 86_400n },
    };
    const signature = await signFinding(finding, net.deployment, verifier);
    const signatures = [{ verifier: verifier.address, signature }];
    await recordAttestation(market.writers.matcher, { finding, signatures });
  };
  await record(2);
  const match = await market.newMatch(++nonce, { minLevel: 2 });
  await market.propose(match);
  await market.start(match);
  await record(1);
  const daemon = watch();
  const faultId = await report(faultEvidence.attestation(match.order));
  const early = await daemon.said(faultId, 'A fault can not be contested now');
  expect(early).toMatchObject({ because: 'The register restored the level', code: 'chain.faultEvidenceNotCleared' });
  expect(await stateOf(faultId)).toBe('proposed');
  await record(2);
  await daemon.said(faultId, 'Contested a fault');
  expect(await daemon.said(faultId, 'A fault is void')).toMatchObject({ reason: 'Evidence cleared it' });
  expect(await stateOf(faultId)).toBe('voided');

  // Later it is lowered again, and nobody restores it: what the daemon can't disprove is paid.
  await record(1);
  nonce++;
  const again = await report(faultEvidence.attestation(match.order));
  await daemon.said(again, 'A fault can not be contested now');
  await net.chain.advanceTime(661);
  await expire(market.writers.matcher, { jobId: market.jobOf(match), attempt: 1 });
  await executeFault(market.writers.matcher, { faultId: again, key: 'executeAgain' });
  expect(await daemon.said(again, 'A fault was paid')).toMatchObject({
    reason: 'Nobody contested it',
    taken: String(5n * ENC),
  });
  await daemon.end();
});
