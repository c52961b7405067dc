import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createDevelopmentPki, strictAppraisalPolicy } from '@encryptech/attestation';
import { digestOf, fromHex, type Address } from '@encryptech/base';
import { attestationFacts, chainTime } from '@encryptech/chain';
import { measureEnclave } from '@encryptech/provider';
import { encryptKeystore } from '@encryptech/sealing';
import { startVerifier, type Verifier } from '@encryptech/verifier';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { startDaemonProcess, type DaemonProcess } from '../apps/cli/src/network/daemon-process.ts';
import { startNetwork, type TestNetwork } from '../apps/provider/test/start-network.ts';
import { verifyAsVendor } from '../apps/verifier/test/verify-as-vendor.ts';
import { PATIENCE } from './network/patience.ts';
import { until } from './network/until.ts';

// A real chain, a provider as a process of its own, and a verifier that is told once where to look. Software enclaves find
// level 0 for ever, so the verifier takes the network's own hierarchy for a vendor's: all of Intel's checks run on it.
vi.setConfig(PATIENCE);

const DAY_SEC = 86_400;
const pki = createDevelopmentPki(new Uint8Array(32).fill(7));
let network: TestNetwork;
let provider: DaemonProcess;
let verifier: Verifier;
let subject: Address;
let url: string;
const recorded = () => attestationFacts(network.client, subject);
const evidence = (query: string) => fetch(`${url}/v1/evidence${query}`);

beforeAll(async () => {
  network = await startNetwork();
  const { account, config } = await network.provider(2, 'alpha', 10n ** 15n);
  subject = account.address;
  url = config['publicUrl'] as string;
  await network.chain.finishSetup();
  const file = join(network.root, 'alpha.json');
  await writeFile(file, JSON.stringify(config));
  const logFile = join(network.root, 'alpha.log');
  provider = await startDaemonProcess({
    name: 'alpha',
    args: ['provider', 'start', '--config', file],
    logFile,
    env: process.env,
  });
  verifier = await startVerifierOn(network);
});
afterAll(async () => {
  await verifier?.stop();
  await provider?.stop();
  await network?.stop();
});

async function startVerifierOn({ root, chain, client, networkFile, log }: TestNetwork): Promise<Verifier> {
  const dir = join(root, 'verifier');
  const documents = join(dir, 'endorsements');
  await mkdir(documents, { recursive: true });
  const { documents: made } = pki.collateral({ issuedAt: new Date(((await chainTime(client)) - 3600) * 1000) });
  for (const [i, bytes] of made.entries()) await writeFile(join(documents, `${i}`), bytes);
  await writeFile(join(dir, 'policy.json'), JSON.stringify(strictAppraisalPolicy(['tdx'], [measureEnclave()])));
  const secret = chain.keys.named('verifier').getHdKey().privateKey!;
  const keystore = await encryptKeystore(secret, 'open', { insecureFastKdf: true });
  await writeFile(join(dir, 'keystore.json'), JSON.stringify(keystore), { mode: 0o600 });
  await writeFile(join(dir, 'passphrase'), 'open', { mode: 0o600 });
  const config = {
    ...{ name: 'verifier', dir: '.', networkFile, keystore: 'keystore.json', passphraseFile: 'passphrase' },
    ...{ production: false, policyFile: 'policy.json', endorsementsDir: 'endorsements' },
    ...{ listen: { host: '127.0.0.1', port: 0 }, providers: [{ subject }], lookEverySec: 1 },
  };
  await writeFile(join(dir, 'config.json'), JSON.stringify(config));
  return startVerifier(join(dir, 'config.json'), { log: log('verifier'), verify: verifyAsVendor(pki) });
}

test('a provider keeps its level over an epoch and past its record’s end, and nobody posts anything', async () => {
  const first = await until('the first record', async () => {
    const facts = await recorded();
    return facts.level === 2 ? facts : undefined;
  });
  expect(first.measurement).toBe(digestOf(fromHex(measureEnclave())));
  expect(first.expiresAt - first.issuedAt).toBe(3 * DAY_SEC);

  // Half its time is left: nothing happens. Less than a quarter: new evidence is fetched and recorded.
  await network.chain.advanceTime(1.5 * DAY_SEC);
  await verifier.look();
  expect((await recorded()).issuedAt).toBe(first.issuedAt);
  await network.chain.advanceTime(DAY_SEC);
  const second = await until('the second record', async () => {
    const facts = await recorded();
    return facts.issuedAt > first.issuedAt ? facts : undefined;
  });
  expect(second.level).toBe(2);

  await network.chain.advanceTime(DAY_SEC);
  expect(await chainTime(network.client)).toBeGreaterThan(first.expiresAt);
  expect((await recorded()).level).toBe(2);
});

test('evidence is made over a recent block, once a block, thirty times a minute, and refused with a reason otherwise', async () => {
  const newest = async () => Number(await network.client.public.getBlockNumber({ cacheTime: 0 }));
  for (const query of ['', '?block=', '?block=-1', '?block=1e3', '?block=0x1', `?block=${'9'.repeat(16)}`]) {
    const response = await evidence(query);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code: 'provider.badRequest', place: 'block' });
  }
  for (const block of [(await newest()) + 1000, 1]) {
    const response = await evidence(`?block=${block}`);
    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({ code: 'provider.staleBlock', place: 'block', retry: 'later' });
  }
  const block = await newest();
  const texts = await Promise.all([1, 2, 3].map(async () => (await evidence(`?block=${block}`)).text()));
  expect(new Set(texts).size).toBe(1);
  expect(JSON.parse(texts[0]!)).toMatchObject({ subject, block, kind: 'software' });
  const statuses: number[] = [];
  for (let i = 0; i < 31; i++) {
    await network.chain.client.mine({ blocks: 1 });
    statuses.push((await evidence(`?block=${await newest()}`)).status);
  }
  expect(new Set(statuses)).toEqual(new Set([200, 429]));
  const busy = await evidence(`?block=${await newest()}`);
  expect(await busy.json()).toMatchObject({ code: 'provider.tooManyRequests', retry: 'later' });
  // What was asked before is still answered.
  const asked = `?block=${(await newest()) - 31 + statuses.indexOf(429)}`;
  expect((await evidence(asked)).status).toBe(200);
  // Not without end: each question costs the chain's node some work.
  const flood = await Promise.all(Array.from({ length: 300 }, async () => (await evidence(asked)).status));
  expect(new Set(flood)).toEqual(new Set([200, 429]));
});

test('a provider that is gone loses its level when its record ends', async () => {
  await provider.stop();
  await network.chain.advanceTime(3 * DAY_SEC);
  await verifier.look();
  expect(await recorded()).toMatchObject({ level: 0, recordedLevel: 2 });
});
