import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { canonicalJson, type Hex } from '@encryptech/base';
import {
  chainTime,
  expire,
  postBeats,
  providerRewards,
  recordCapacity,
  registerProvider,
  signCapacityProof,
} from '@encryptech/chain';
import { orderToJson, receiptToJson, signAuditFinding, signReceipt, type Receipt } from '@encryptech/protocol';
import type { Match } from '@encryptech/chain';
import { CHARGE, digest, openMarket, type Market } from '../../../../packages/chain/test/open-market.ts';
import { startNetwork, type TestNetwork } from '../../../../packages/chain/test/start-network.ts';
import { recordingTerminal } from '../../test/recording-terminal.ts';
import { run } from '../run.ts';

const ENC = 10n ** 18n;
const EPOCH_SEC = 60;

describe('encryptech fault: all seven kinds by an ordinary account', () => {
  let net: TestNetwork;
  let market: Market;
  let dir: string;
  let delivered: Match;
  let jobId: Hex;

  const say = async (...argv: string[]) => {
    const terminal = recordingTerminal({ cwd: dir, env: { ENCRYPTECH_HOME: dir } });
    const code = await run(['fault', ...argv, '--json'], terminal);
    process.exitCode = undefined;
    const out = terminal.written.out.join('\n');
    return { code, json: JSON.parse(out) as Record<string, unknown> };
  };
  const report = (...argv: string[]) => say('report', 'reporter', ...argv);
  const write = (name: string, value: object): string => {
    writeFileSync(join(dir, name), JSON.stringify(value));
    return name;
  };
  const domain = () => ({ chainId: net.deployment.chainId, jobs: net.deployment.contracts.jobs });
  const receiptFile = async (name: string, change: Partial<Receipt> = {}): Promise<string> => {
    const receipt: Receipt = {
      ...{ jobId: market.jobOf(delivered), attempt: 1, steps: delivered.order.steps, resultDigest: digest('b1') },
      ...{ certificateDigest: digest('b2'), rdpLow: CHARGE / 2n, rdpHigh: CHARGE / 2n, ...change },
    };
    const signature = await signReceipt(receipt, domain(), market.people.enclave);
    return write(name, { receipt: receiptToJson(receipt), signature });
  };

  beforeAll(async () => {
    net = await startNetwork();
    market = await openMarket(net);
    dir = mkdtempSync(join(tmpdir(), 'encryptech-fault-'));
    write('network.json', {
      ...{ rpcUrl: net.chain.rpcUrl, coordinatorUrl: 'http://127.0.0.1:1', chainId: net.deployment.chainId },
      ...{ deployment: net.deployment, profile: 'embedded' },
    });
    const terminal = recordingTerminal({ cwd: dir, env: { ENCRYPTECH_HOME: dir } });
    expect(await run(['account', 'new', 'reporter', '--role', 'developer', '--json'], terminal)).toBe(0);
    const { address } = JSON.parse(terminal.written.out.join('')) as { address: `0x${string}` };
    await net.give(address, 20n * ENC);
    await net.chain.fund(address);
    delivered = await market.newMatch(1n);
    await market.propose(delivered);
    await market.start(delivered);
    await market.deliver(delivered);
    jobId = market.jobOf(delivered);
  }, 60_000);
  afterAll(async () => {
    await net.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  const provider = () => market.people.provider.address;

  test('late and unavailable: the chain’s clock is the evidence', async () => {
    const missed = await market.newMatch(2n);
    await market.propose(missed);
    expect((await report('late', market.jobOf(missed), '1', '--dry-run')).json).toMatchObject({
      code: 'chain.faultEvidenceNoSuchAttempt',
    });
    const now = BigInt(await chainTime(net.client));
    const proof = {
      ...{ provider: provider(), speed: 5n, evidence: digest('ee'), issuedAt: now, expiresAt: now + 86_400n },
    };
    const signature = await signCapacityProof(net.deployment, net.chain.keys.named('verifier'), proof);
    await recordCapacity(market.writers.matcher, { proof, signature });
    await registerProvider(net.writer(net.chain.keys.user(8)), { url: 'https://other.example', speed: 1n });
    await net.chain.advanceTime(EPOCH_SEC + 1);
    await expire(market.writers.matcher, { jobId: market.jobOf(missed), attempt: 1 });
    const late = await report('late', market.jobOf(missed), '1', '--dry-run');
    // Half of 100 ENC is what the job locked.
    expect(late.json).toMatchObject({ provider: provider(), atRisk: String(50n * ENC), dryRun: true });
    const { json } = await report('late', market.jobOf(missed), '1', '--yes');
    expect(json).toMatchObject({ faultId: '1' });
    expect((await say('show', '1')).json).toMatchObject({ kind: 'late', state: 'proposed', id: '1' });
    expect((await report('late', market.jobOf(missed), '1', '--yes')).json).toMatchObject({
      code: 'chain.faultsAlreadyProposed',
    });

    const { epoch } = await providerRewards(net.client, provider());
    await net.chain.advanceTime(EPOCH_SEC);
    const other = net.chain.keys.user(8).address;
    await postBeats(market.writers.matcher, { epoch, beats: [{ provider: other, bitmap: 63n }], key: 'beats' });
    await net.chain.advanceTime(EPOCH_SEC);
    expect((await report('unavailable', provider(), String(epoch), '--dry-run')).json).toMatchObject({
      ...{ provider: provider(), dryRun: true },
    });
    expect((await report('unavailable', other, String(epoch), '--dry-run')).json).toMatchObject({
      code: 'chain.faultEvidenceNoFault',
    });
  });

  test('not-served, wrong-result and two-results: receipts and findings from files', async () => {
    const receipt = await receiptFile('receipt.json');
    expect((await report('not-served', jobId, '--receipt', receipt, '--dry-run')).json).toMatchObject({ dryRun: true });
    const finding = {
      ...{ jobId, attempt: 1, resultDigest: digest('b1'), deviationMicro: 900_000n, toleranceMicro: 1_000n },
    };
    const evidence = { chainId: net.deployment.chainId, faultEvidence: net.deployment.contracts.faultEvidence };
    const json = { ...finding, deviationMicro: '900000', toleranceMicro: '1000' };
    const found = write('finding.json', {
      finding: json,
      signature: await signAuditFinding(finding, evidence, net.chain.keys.named('auditor')),
    });
    const wrong = ['wrong-result', jobId, '--receipt', receipt, '--finding'];
    expect((await report(...wrong, found, '--dry-run')).json).toMatchObject({ provider: provider() });
    const forged = write('forged.json', {
      finding: json,
      signature: await signAuditFinding(finding, evidence, market.people.developer),
    });
    expect((await report(...wrong, forged, '--dry-run')).json).toMatchObject({ code: 'chain.faultEvidenceBadAuditor' });
    const second = await receiptFile('second.json', { resultDigest: digest('b9') });
    const two = ['two-results', jobId, '--receipt', receipt, '--receipt'];
    expect((await report(...two, receipt, '--dry-run')).json).toMatchObject({ code: 'chain.faultEvidenceMismatch' });
    expect((await report(...two, second, '--yes')).json).toMatchObject({ faultId: '2' });
  });

  test('privacy and attestation: the order against receipt and register', async () => {
    const order = write('order.json', { order: orderToJson(delivered.order) });
    const honest = await receiptFile('honest.json');
    const greedy = await receiptFile('greedy.json', { rdpLow: CHARGE * 2n });
    const privacy = ['privacy', jobId, '--order', order, '--dry-run', '--receipt'];
    expect((await report(...privacy, honest)).json).toMatchObject({ code: 'chain.faultEvidenceNoFault' });
    expect((await report(...privacy, greedy)).json).toMatchObject({ provider: provider(), dryRun: true });
    // Nobody asked for a level above 0: no attestation can be at fault.
    expect((await report('attestation', jobId, '--order', order, '--dry-run')).json).toMatchObject({
      code: 'chain.faultEvidenceNoFault',
    });
  });

  test('privacy: a certificate that names another specification, by the digest in the receipt', async () => {
    const order = write('order.json', { order: orderToJson(delivered.order) });
    const certified = async (name: string, certificate: Record<string, string>) => {
      const file = write(`${name}.json`, { certificate });
      const text = canonicalJson(certificate);
      const certificateDigest: Hex = `0x${createHash('sha256').update(text).digest('hex')}`;
      return ['--certificate', file, '--receipt', await receiptFile(`${name}-receipt.json`, { certificateDigest })];
    };
    const privacy = (...files: string[]) => report('privacy', jobId, '--order', order, ...files, '--dry-run');
    const honest = await certified('named', { dataset: 'x', spec: delivered.order.specDigest, steps: '400' });
    expect((await privacy(...honest)).json).toMatchObject({ code: 'chain.faultEvidenceNoFault' });
    const other = await certified('other', { dataset: 'x', spec: digest('99'), steps: '400' });
    expect((await privacy(...other)).json).toMatchObject({ provider: provider(), atRisk: String(50n * ENC) });
    // The receipt is for another certificate.
    expect((await privacy('--certificate', other[1]!, '--receipt', honest[3]!)).json).toMatchObject({
      code: 'chain.faultEvidenceMismatch',
    });
    const none = await certified('none', { dataset: 'x', steps: '400' });
    expect((await privacy(...none)).json).toMatchObject({ code: 'cli.badOption', place: 'none.json' });
  });

  test('without files the coordinator is asked; where there is none, the report says so', async () => {
    for (const argv of [['not-served'], ['attestation'], ['privacy'], ['two-results', '--receipt', 'receipt.json']]) {
      const [kind, ...files] = argv;
      expect((await report(kind!, jobId, ...files, '--dry-run')).json).toMatchObject({
        code: 'sdk.coordinatorUnreachable',
      });
    }
  });

  test('what is missing or no document is refused with its place before anything is sent', async () => {
    const bad = write('bad.json', { receipt: { jobId: 'x' }, signature: '0x00' });
    expect((await report('not-served', jobId, '--receipt', bad, '--dry-run')).json).toMatchObject({
      ...{ code: 'cli.badOption', place: 'bad.json' },
    });
    expect((await report('not-served', jobId, '--receipt', 'none.json', '--dry-run')).json).toMatchObject({
      place: 'none.json',
    });
    for (const argv of [
      ['wrong-result', jobId, '--receipt', 'receipt.json'],
      ['two-results', jobId, '--receipt', 'a.json', '--receipt', 'b.json'],
      ['laziness', jobId],
      ['late', '0x12', '1'],
    ]) {
      const { code, json } = await report(...argv, '--dry-run');
      expect([code, json['code']]).toEqual([2, 'cli.badOption']);
    }
    expect((await say('show', '99')).json).toMatchObject({ code: 'cli.badOption' });
  });
});
