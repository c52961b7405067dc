import { randomInt } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { fromHex, type DatasetId, type JobId } from '@encryptech/base';
import { openDatabase, updateProvider } from '@encryptech/chain';
import { createDatasetStore } from '@encryptech/owner';
import { readModel } from '@encryptech/onnx';
import { readPassphrase, unlockKeystore } from '@encryptech/sdk/node';
import { deriveCheckpointKey, deriveDataKey, deriveRandomnessRoot } from '@encryptech/sealing';
import { sql } from 'drizzle-orm';
import { listPeople, openWriter, unlockWallet } from '../apps/cli/src/network/person.ts';
import { capturedTerminal } from './network/captured-terminal.ts';
import type { CommandResult, PrintedError } from './network/command-line.ts';
import { PATIENCE } from './network/patience.ts';
import { publishWdbc, type PublishedDataset } from './network/published-dataset.ts';
import { startTestNetwork, type TestNetwork } from './network/test-network.ts';
import { keyNeedles } from './secrecy/key-needles.ts';
import { createScanner, type Needle } from './secrecy/needle-scanner.ts';
import { startRecordingProxy, type RecordingProxy } from './secrecy/recording-proxy.ts';
import { filesBelow, isPrivate, processFacts } from './secrecy/state-files.ts';
import { markNumbers, tableNeedles } from './secrecy/table-needles.ts';

// One run of the main job with a recorder in front of every server, then a search of all that was written, said and logged
// for rows, keys, passphrases and the model.
vi.setConfig(PATIENCE);

let network: TestNetwork;
let dataset: PublishedDataset;
let marked: string;
let jobId: JobId;
const proxies = new Map<string, RecordingProxy>();
/** What commands printed. */
const printed: string[] = [];
/** Files of the providers' job folders while the job ran, and facts about the processes. */
const seen = new Map<string, Buffer>();

const said = (result: CommandResult): CommandResult => {
  printed.push(result.out, result.err);
  return result;
};

/** Puts a recorder in front of chain, coordinator and providers before any daemon starts. */
async function startRecorders(): Promise<void> {
  const { home, running, client } = network;
  const file = JSON.parse(await readFile(home.networkFile, 'utf8')) as { rpcUrl: string; coordinatorUrl: string };
  const record = async (name: string, target: string): Promise<string> => {
    const proxy = await startRecordingProxy(target);
    proxies.set(name, proxy);
    return proxy.url;
  };
  file.rpcUrl = await record('chain', file.rpcUrl);
  file.coordinatorUrl = await record('coordinator', file.coordinatorUrl);
  await writeFile(home.networkFile, JSON.stringify(file));
  const terminal = capturedTerminal({ cwd: network.folder });
  for (const name of ['alpha', 'beta']) {
    const provider = await network.person(name);
    const configFile = join(provider.dir, 'config.json');
    const config = JSON.parse(await readFile(configFile, 'utf8')) as { publicUrl: string; speed: string };
    config.publicUrl = await record(`provider ${name}`, config.publicUrl);
    await writeFile(configFile, JSON.stringify(config));
    const { writer, close } = await openWriter(client, provider, await unlockWallet(terminal, home, provider));
    await updateProvider(writer, { url: config.publicUrl, speed: BigInt(config.speed), key: 'test:move' });
    await close();
  }
  await running.restart('coordinator');
  await Promise.all(['provider-alpha', 'provider-beta', 'owner-hospital'].map((name) => running.restart(name)));
}

/** Looks again and again into the job folders and at the processes, until told to stop. */
async function lookWhile<T>(work: Promise<T>): Promise<T> {
  const roots = [...network.running.daemons.values()].map(({ pid }) => pid);
  let isOver = false;
  const looking = (async () => {
    while (!isOver) {
      for (const name of ['alpha', 'beta'])
        for (const [path, bytes] of await filesBelow(join(network.home.personDir('provider', name), 'work')))
          seen.set(`${name}/work/${path} (${bytes.length} bytes)`, bytes);
      // In each round: an enclave lives for a few seconds.
      for (const [name, bytes] of await processFacts(roots)) seen.set(name, bytes);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  })();
  try {
    return await work;
  } finally {
    isOver = true;
    await looking;
  }
}

/** Submits the job and watches it to its end. */
async function runJob(): Promise<void> {
  const submitted = said(
    await network.encryptech(
      ...['job', 'submit', 'model.onnx', '--as', 'developer', '--dataset', dataset.datasetId, '--epsilon', '2'],
      ...['--yes', '--json'],
    ),
  );
  expect(submitted.code, submitted.out).toBe(0);
  jobId = submitted.json<{ jobId: JobId }>().jobId;
  const watched = said(await network.encryptech('job', 'watch', jobId, '--json'));
  expect(watched.code, watched.out + watched.err).toBe(0);
}

let needles: { rows: Needle[]; keys: Needle[]; passphrases: Needle[]; model: Needle[] };
/** Everything that was kept: files of the state directory, tables, messages, output. */
let kept: Map<string, Buffer>;

beforeAll(async () => {
  network = await startTestNetwork({ withDaemons: false });
  await startRecorders();
  said(await network.encryptech('account', 'new', 'mallory', '--json'));

  const plain = await readFile(join(import.meta.dirname, '../fixtures/wdbc/wdbc.csv'), 'utf8');
  marked = markNumbers(plain, () => randomInt(1, 10));
  // The one file with plain rows; it lies outside of the state directory.
  await writeFile(join(network.folder, 'hospital.csv'), marked);
  dataset = await publishWdbc(network, { csv: 'hospital.csv', options: ['--fee', '1'] });
  said(await network.encryptech('model', 'new', 'mlp', '--inputs', '30', '--outputs', '2', '--json'));
  await lookWhile(runJob());
});
afterAll(async () => {
  await network.end();
  for (const proxy of proxies.values()) await proxy.close();
});

test('only the developer’s key opens the model', async () => {
  const stranger = said(
    await network.encryptech('job', 'result', jobId, '--as', 'mallory', '--out', 'stolen', '--json'),
  );
  expect(stranger.code).toBe(2);
  expect(stranger.json<PrintedError>().code).toBe('sealing.envelopeRejected');
  expect((await filesBelow(join(network.folder, 'stolen'))).size).toBe(0);
  const developer = said(await network.encryptech('job', 'result', jobId, '--as', 'developer', '--json'));
  expect(developer.code, developer.out).toBe(0);
});

test('what is looked for: rows, keys of the dataset, wallets, passphrases, trained weights', async () => {
  const { home } = network;
  const keys: Needle[] = [];
  const passphrases: Needle[] = [];
  for (const person of await listPeople(home)) {
    const passphraseFile = home.passphraseFile(person.name);
    const passphrase = await readPassphrase({ passphraseFile }, person.name);
    passphrases.push({ name: `passphrase of ${person.name}`, bytes: Buffer.from(passphrase) });
    const unlock = (file: string) => unlockKeystore(join(person.dir, file), { passphraseFile });
    keys.push(...keyNeedles(`wallet of ${person.name}`, await unlock('keystore.json')));
    if (person.role === 'developer')
      keys.push(...keyNeedles(`envelope key of ${person.name}`, await unlock('envelope.json')));
    if (person.role !== 'owner') continue;
    const store = createDatasetStore({ folder: join(person.dir, 'datasets'), passphrase });
    const { secret } = await store.get(dataset.datasetId as DatasetId);
    keys.push(
      ...keyNeedles('dataset secret', secret),
      ...keyNeedles('data key', deriveDataKey(secret)),
      ...keyNeedles('checkpoint key', deriveCheckpointKey(secret, jobId)),
      ...keyNeedles('randomness root', deriveRandomnessRoot(secret, dataset.datasetId as DatasetId, jobId)),
    );
  }
  const coordinatorPassphrase = home.passphraseFile('coordinator');
  passphrases.push({
    name: 'passphrase of the coordinator',
    bytes: Buffer.from(await readPassphrase({ passphraseFile: coordinatorPassphrase }, 'coordinator')),
  });
  for (const name of ['deployer', 'team', 'matcher', 'treasurer', 'guardian', 'verifier'] as const)
    keys.push(...keyNeedles(`key "${name}"`, network.running.chain.keys.named(name).getHdKey().privateKey!));
  const seed = (await readFile(join(home.root, 'secrets/development-pki.seed'), 'utf8')).trim();
  keys.push(...keyNeedles('seed of the development PKI', fromHex(seed, 32)));

  const model = readModel(
    new Uint8Array(await readFile(join(home.personDir('developer', 'developer'), 'jobs', jobId, 'model.onnx'))),
  );
  const weights = [...model.initializers].flatMap(([name, { bytes }]) =>
    Array.from({ length: Math.floor(bytes.length / 8) }, (_, i) => ({
      name: `trained weights of ${name}`,
      bytes: bytes.subarray(8 * i, 8 * i + 8),
    })),
  );
  const rows = await tableNeedles(marked, JSON.parse(await readFile(dataset.schemaFile, 'utf8')));
  needles = { rows, keys, passphrases, model: weights };
  // 569 rows of 30 numbers, five forms of each and more.
  expect(rows.length).toBeGreaterThan(100_000);
  expect(keys.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['dataset secret', 'data key', 'checkpoint key', 'randomness root', 'wallet of developer']),
  );
  expect(passphrases).toHaveLength(6);
  expect(weights.length).toBeGreaterThanOrEqual(31);
});

test('the search covers files, tables, messages in both directions, job folders, processes and output', async () => {
  const { home } = network;
  await network.stop();
  kept = new Map([...(await filesBelow(home.root))].map(([path, bytes]) => [`file ${path}`, bytes]));

  // Rows of a database may lie compressed in its files: they are read through the database as well.
  const database = await openDatabase({ dir: join(home.coordinatorDir, 'database'), migrations: [] });
  const rowsOf = async (query: string) =>
    ((await database.db.execute(sql.raw(query))) as unknown as { rows: Record<string, unknown>[] }).rows;
  const tables = await rowsOf(
    `select table_schema s, table_name t from information_schema.tables where table_schema not in ('pg_catalog', 'information_schema')`,
  );
  for (const { s, t } of tables) {
    const rows = await rowsOf(`select to_json(x)::text as row from "${String(s)}"."${String(t)}" x`);
    kept.set(`table ${String(t)}`, Buffer.from(rows.map(({ row }) => String(row)).join('\n')));
  }
  await database.close();

  for (const [name, proxy] of proxies)
    proxy.recorded().forEach((bytes, i) => kept.set(`messages of ${name}, direction ${i}`, bytes));
  for (const [name, bytes] of seen) kept.set(`seen ${name}`, bytes);
  kept.set('output of the commands', Buffer.from(printed.join('\n')));

  const named = (pattern: RegExp): string[] => [...kept.keys()].filter((name) => pattern.test(name));
  for (const pattern of [
    /^file chain\/.*state/,
    /^file coordinator\/database\/pglite\//,
    /^file coordinator\/blobs\//,
    /^file logs\/provider-(alpha|beta)\.log$/,
    /^file logs\/owner-hospital\.log$/,
    /^file owners\/hospital\/releases\//,
    /^file owners\/hospital\/release-log\.jsonl$/,
    /^table book_orders$/,
    /^table .*events/,
    /^seen (alpha|beta)\/work\/.*data\.sealed/,
    /^seen process \d+ cmdline$/,
  ])
    expect(named(pattern), String(pattern)).not.toEqual([]);
  // The release of the keys went over a line that was recorded, and was understood by the recorder.
  const lines = named(/^messages of provider/).map((name) => kept.get(name)!);
  expect(lines.some((bytes) => bytes.includes('sealedKeys'))).toBe(true);
  expect(named(/^messages of chain/).every((name) => kept.get(name)!.length > 0)).toBe(true);
  // A provider's question for its next heartbeat may be open still, without an answer.
  expect(named(/^messages of coordinator/).some((name) => kept.get(name)!.length > 0)).toBe(true);
  // The enclave worker is among the processes.
  expect(named(/^seen process \d+ cmdline$/).some((name) => kept.get(name)!.includes('enclave/main.ts'))).toBe(true);
});

/** What was found where, by the kind of needle. */
let found: { kind: keyof typeof needles; where: string; needle: string }[];

test('the search finds rows where they are', () => {
  const kinds = Object.entries(needles).flatMap(([kind, list]) =>
    list.map(({ name, bytes }) => ({ name: `${kind}: ${name}`, bytes })),
  );
  const scanner = createScanner(kinds);
  expect(scanner.scan(Buffer.from(marked)).length).toBeGreaterThan(10_000);
  found = [...kept].flatMap(([where, bytes]) =>
    scanner.scan(bytes).map((hit) => {
      const [kind, needle] = hit.split(': ') as [keyof typeof needles, string];
      return { kind, where, needle };
    }),
  );
});

/** Needles of that kind outside of the places that may have them; the first few say enough. */
const strays = (kind: keyof typeof needles, isAllowed: (where: string) => boolean): typeof found =>
  found.filter((hit) => hit.kind === kind && !isAllowed(hit.where)).slice(0, 10);

test('no row and no number of the table is anywhere', () => {
  expect(strays('rows', () => false)).toEqual([]);
});

test('no key of the dataset and no wallet’s key is anywhere in the clear', () => {
  expect(strays('keys', (where) => where === 'file secrets/development-pki.seed')).toEqual([]);
});

test('passphrases are in secrets/ only', () => {
  expect(strays('passphrases', (where) => /^file secrets\/[a-z]+\.passphrase$/.test(where))).toEqual([]);
  // They are there, each in its file: the search would have found them elsewhere.
  expect(found.filter(({ kind }) => kind === 'passphrases')).toHaveLength(6);
});

test('the trained model is with the developer only', () => {
  const own = `file developers/developer/jobs/${jobId}/model.onnx`;
  expect(found.some(({ kind, where }) => kind === 'model' && where === own)).toBe(true);
  expect(strays('model', (where) => where === own)).toEqual([]);
});

test('key stores, secrets and intents are files that others may not read', async () => {
  const files = [...kept.keys()].filter((name) => name.startsWith('file ')).map((name) => name.slice(5));
  const secret = files.filter((path) =>
    /(^secrets\/|keystore\.json$|envelope\.json$|secret\.json$|keys\.json$|intents\.jsonl$)/.test(path),
  );
  expect(secret.length).toBeGreaterThanOrEqual(14);
  const open: string[] = [];
  for (const path of secret) if (!(await isPrivate(join(network.home.root, path)))) open.push(path);
  expect(open).toEqual([]);
});
