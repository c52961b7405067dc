import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { appraisalPolicyDigest, parseAppraisalPolicy, verifyEvidence } from '@encryptech/attestation';
import { digestOf, fromHex } from '@encryptech/base';
import { attestationFacts } from '@encryptech/chain';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { MEASUREMENT, post, startVerifierNetwork, type VerifierNetwork } from '../test/verifier-network.ts';
import { startVerifier, type Verifier } from './start-verifier.ts';

let network: VerifierNetwork;
let first: Verifier;
let second: Verifier;
let providerUrl: string;
const provider = createServer((_, response) => {
  network.evidence().then(
    (submission) => response.end(JSON.stringify(submission)),
    (error: unknown) => response.destroy(error as Error),
  );
});
const recorded = () => attestationFacts(network.net.client, network.provider.address);

beforeAll(async () => {
  network = await startVerifierNetwork();
  await network.publish();
  await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve));
  providerUrl = `http://127.0.0.1:${(provider.address() as AddressInfo).port}`;
  const { keys } = network.net.chain;
  second = await network.start('second', keys.user(1));
  const peers = [{ address: second.address, url: second.url }];
  first = await network.start('first', keys.named('verifier'), peers, providerUrl);
}, 60_000);
afterAll(async () => {
  provider.close();
  await network.stop();
});

test('two verifiers find the same by themselves, and the chain has the level that both signed', async () => {
  const { status, json } = await post(`${first.url}/v1/evidence`, await network.evidence());
  expect(status).toBe(200);
  expect(json).toMatchObject({ level: 2, recorded: true, signers: [first.address, second.address] });
  expect(json['reasons']).toEqual(['place-not-proven', 'build-not-reproducible']);
  const facts = await recorded();
  expect(facts).toMatchObject({
    ...{ level: 2, recordedLevel: 2, measurement: digestOf(fromHex(MEASUREMENT)) },
    policyDigest: appraisalPolicyDigest(parseAppraisalPolicy(readFileSync(join(network.dir, 'policy.json'), 'utf8'))),
  });
  expect([...facts.verifiers].sort()).toEqual([first.address, second.address].sort());
  // Three days of level 2, within the life of the vendor's documents.
  expect(facts.expiresAt - facts.issuedAt).toBe(3 * 86_400);
  expect(statSync(join(network.dir, 'first', 'signed.jsonl')).mode & 0o777).toBe(0o600);
  const health = await fetch(`${first.url}/health`);
  expect(await health.json()).toMatchObject({ status: 'ok', address: first.address, problems: [] });
  const findings = (await (await fetch(`${first.url}/v1/findings`)).json()) as { findings: unknown[] };
  expect(findings.findings).toMatchObject([{ level: 2 }]);
});

test('new evidence is fetched before the record ends, and not before it is due', async () => {
  const before = await recorded();
  await first.look();
  expect((await recorded()).issuedAt).toBe(before.issuedAt);
  await network.net.chain.advanceTime(2 * 86_400 + 43_200);
  await network.publish();
  await first.look();
  const after = await recorded();
  expect(after.level).toBe(2);
  expect(after.issuedAt).toBeGreaterThan(before.issuedAt + 2 * 86_400);
});

test('a stranger can not have a provider judged on foreign evidence, nor get a signature under a lower finding', async () => {
  const before = await recorded();
  expect(before.level).toBe(2);
  const stranger = network.net.chain.keys.user(7);
  await network.net.chain.advanceTime(1);
  await network.publish();
  // A genuine enclave with the provider's name and nonce in it, but no word of the provider for it.
  const foreign = await network.evidence({ says: { hpkePublicKey: `0x${'07'.repeat(32)}` }, signer: stranger });
  const own = await network.evidence();
  const issuedAt = Number((await network.net.client.public.getBlock()).timestamp);
  for (const submission of [foreign, { ...own, body: foreign.body }, { ...foreign, signature: own.signature }]) {
    const { json } = await post(`${first.url}/v1/evidence`, submission);
    expect(json).toMatchObject({ code: 'verifier.notSubject', place: 'signature' });
    const cosigned = await post(`${second.url}/v1/cosign`, { submission, issuedAt });
    expect(cosigned).toMatchObject({ status: 422, json: { code: 'verifier.notSubject' } });
  }
  // The provider's own evidence about something else says nothing about the provider: the record stays.
  const elsewhere = await network.evidence({ says: { nonce: `0x${'09'.repeat(32)}` } });
  const said = await post(`${first.url}/v1/evidence`, elsewhere);
  expect(said.json).toMatchObject({ level: 0, recorded: false, reasons: ['nonce-mismatch'] });
  const cosigned = await post(`${second.url}/v1/cosign`, { submission: elsewhere, issuedAt });
  expect(cosigned.json).toMatchObject({ code: 'verifier.unbound' });
  await first.look();
  expect(await recorded()).toEqual(before);
});

test('documents that are missing or half written at the verifier lower nobody’s record', async () => {
  const before = await recorded();
  await network.net.chain.advanceTime(1);
  const folder = join(network.dir, 'endorsements');
  const names = readdirSync(folder);
  const kept = names.map((name) => readFileSync(join(folder, name)));
  for (const name of names) {
    const whole = readFileSync(join(folder, name));
    writeFileSync(join(folder, name), whole.subarray(0, whole.length / 2));
    await first.look();
    rmSync(join(folder, name));
    await first.look();
    writeFileSync(join(folder, name), whole);
  }
  for (const name of names) rmSync(join(folder, name));
  await first.look();
  names.forEach((name, i) => writeFileSync(join(folder, name), kept[i]!));
  await first.look();
  expect(await recorded()).toEqual(before);
});

test('a machine whose key the vendor revokes loses its level at once, by one verifier alone', async () => {
  await second.stop();
  await network.net.chain.advanceTime(1);
  await network.publish({ revokedDevices: ['machine'] });
  await first.look();
  expect(await recorded()).toMatchObject({ level: 0, recordedLevel: 0 });
  // And without its peer it can give nobody a level.
  await network.net.chain.advanceTime(1);
  await network.publish();
  const { json } = await post(`${first.url}/v1/evidence`, await network.evidence());
  expect(json).toMatchObject({ level: 2, recorded: false, signers: [first.address] });
  expect((await recorded()).level).toBe(0);
});

test('what is no answer to a recent block, or not of its form, is refused with a reason', async () => {
  const good = await network.evidence();
  const ask = async (body: unknown) => (await post(`${first.url}/v1/evidence`, body)).json;
  expect(await ask({ ...good, block: 10_000_000 })).toMatchObject({ code: 'verifier.staleBlock', place: 'block' });
  expect(await ask(await network.evidence({ body: '0x00' }))).toMatchObject({ code: 'verifier.unverified' });
  expect(await ask({ ...good, extra: 1 })).toMatchObject({ code: 'verifier.badRequest' });
  const nobody = network.net.chain.keys.user(7);
  const unregistered = await network.evidence({ subject: nobody.address, signer: nobody });
  expect(await ask(unregistered)).toMatchObject({ code: 'verifier.unknownSubject' });
  expect(readdirSync(join(network.dir, 'first', 'subjects'))).toHaveLength(1);
  expect(await ask(await network.evidence({ says: { purpose: 'release' } }))).toMatchObject({
    level: 0,
    recorded: false,
  });
  // On a quiet chain the newest block is old and yet the newest; what counts is when the next one came.
  await network.net.chain.advanceTime(601);
  expect(await ask(good)).toMatchObject({ level: 2 });
  await network.net.chain.advanceTime(601);
  expect(await ask(good)).toMatchObject({ code: 'verifier.staleBlock' });
  expect((await fetch(`${first.url}/v1/keys`)).status).toBe(404);
  const stale = { submission: await network.evidence(), issuedAt: 1_700_000_000 };
  expect((await post(`${first.url}/v1/cosign`, stale)).json).toMatchObject({ place: 'issuedAt' });
});

test('a verifier never signs two answers to one question', async () => {
  await network.net.chain.advanceTime(1);
  await network.publish();
  const submission = await network.evidence();
  const issuedAt = Number((await network.net.client.public.getBlock()).timestamp);
  const sign = async () => (await post(`${first.url}/v1/cosign`, { submission, issuedAt })).json;
  const answer = await sign();
  expect(answer).toEqual({ signature: expect.stringMatching(/^0x[0-9a-f]{130}$/) as string });
  expect(await sign()).toEqual(answer);
  const outOfDate = { status: 'OutOfDate', svn: 0, date: new Date('2024-01-01T00:00:00Z') } as const;
  await network.publish({ platform: [{ ...outOfDate, svn: 1, status: 'UpToDate' }, outOfDate] });
  expect(await sign()).toMatchObject({ code: 'verifier.contradiction' });
});

test('software evidence finds level 0, whatever it is called', async () => {
  const policy = { ...parseAppraisalPolicy(readFileSync(join(network.dir, 'policy.json'), 'utf8')) };
  const loose = { ...policy, kinds: [...policy.kinds, 'software'], minLevel: 0, insecureAllowDevelopment: true };
  writeFileSync(join(network.dir, 'policy.json'), JSON.stringify(loose));
  const verifier = await startVerifier(join(network.dir, 'second', 'config.json'), {
    ...{ log: pino({ level: 'silent' }), verify: verifyEvidence },
  });
  try {
    const software = await post(`${verifier.url}/v1/evidence`, await network.evidence({ kind: 'software' }));
    expect(software.json).toMatchObject({ level: 0, recorded: false, signers: [] });
    expect(software.json['reasons']).toContain('development-anchor');
    const relabelled = await post(`${verifier.url}/v1/evidence`, await network.evidence({ kind: 'tdx' }));
    expect(relabelled.json).toMatchObject({ code: 'verifier.unverified' });
  } finally {
    await verifier.stop();
  }
});

test('a production verifier does not start with a development root', async () => {
  const file = join(network.dir, 'second', 'config.json');
  const config = JSON.parse(readFileSync(file, 'utf8')) as object;
  writeFileSync(file, JSON.stringify({ ...config, production: true }));
  await expect(startVerifier(file)).rejects.toMatchObject({ code: 'attestation.developmentAnchor' });
});
