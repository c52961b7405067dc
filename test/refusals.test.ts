import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { cidOfDigest, toHex, type DatasetId, type JobId } from '@encryptech/base';
import { chainTime, datasetBudget } from '@encryptech/chain';
import { orderToJson, type SigningDomain } from '@encryptech/protocol';
import { orderJob, planJob, quoteJob } from '@encryptech/sdk';
import { createPerson, unlockWallet } from '../apps/cli/src/network/person.ts';
import { capturedTerminal } from './network/captured-terminal.ts';
import type { CommandResult, PrintedError } from './network/command-line.ts';
import { gained, moneyNow, type Money } from './network/money.ts';
import { PATIENCE } from './network/patience.ts';
import { publishWdbc, type PublishedDataset } from './network/published-dataset.ts';
import { untilState } from './network/slow-job.ts';
import { startTestNetwork, type TestNetwork } from './network/test-network.ts';
import { until } from './network/until.ts';

// What people get wrong, and what others do wrong to them: each ends in an error with a code, a place and a next step, and
// takes neither money nor budget.
vi.setConfig(PATIENCE);

const WIDTH = 30;
const PYTORCH = join(import.meta.dirname, '../vectors/pytorch');

let network: TestNetwork;
let dataset: PublishedDataset;
let accounts: Record<string, `0x${string}`>;
let before: { money: Money; budget: Budget };

type Budget = Awaited<ReturnType<typeof datasetBudget>>;
const budgetNow = (): Promise<Budget> => datasetBudget(network.client, dataset.datasetId as DatasetId);
const standing = async () => ({ money: await moneyNow(network.client, accounts), budget: await budgetNow() });

/** What `--json` said of a refusal; fails on anything that is none. */
function refusal({ code, json }: CommandResult): PrintedError {
  expect(code).toBeGreaterThan(1);
  const said = json<PrintedError>();
  expect(said).toMatchObject({ ok: false, message: expect.stringMatching(/\S/) as string });
  return said;
}
const submit = (model: string, options: readonly string[] = [], as = 'developer'): Promise<CommandResult> =>
  network.encryptech(
    ...['job', 'submit', model, '--dataset', dataset.datasetId, '--as', as, ...options, '--yes', '--json'],
  );

beforeAll(async () => {
  network = await startTestNetwork();
  await createPerson(capturedTerminal({ cwd: network.folder }), network.home, {
    ...{ role: 'developer', name: 'stranger', unattended: true },
  });
  accounts = {};
  for (const name of ['alpha', 'beta', 'hospital', 'developer', 'stranger'])
    accounts[name] = (await network.person(name)).address;
  // Enough for gas; no ENC.
  await network.running.chain.client.setBalance({ address: accounts['stranger']!, value: 10n ** 18n });
  dataset = await publishWdbc(network, { options: ['--epsilon-cap', '3', '--fee', '1'] });
  const model = await network.encryptech(
    ...['model', 'new', 'mlp', '--inputs', String(WIDTH), '--outputs', '2', '--out', 'model.onnx', '--json'],
  );
  expect(model.code, model.out).toBe(0);
});
beforeEach(async () => {
  before = await standing();
});
afterEach(async () => {
  const after = await standing();
  expect(gained(before.money, after.money)).toEqual({
    ...Object.fromEntries(Object.keys(accounts).map((name) => [name, 0n])),
    treasury: 0n,
  });
  expect(after.budget).toEqual(before.budget);
});
afterAll(() => network.end());

describe('a table that does not keep to its schema is not published', () => {
  const publish = async (edit: (cells: string[][]) => void): Promise<PrintedError> => {
    const rows = (await readFile(dataset.hospitalCsv, 'utf8')).trimEnd().split('\n');
    const cells = rows.map((row) => row.split(','));
    edit(cells);
    const csv = join(network.folder, 'bad.csv');
    await writeFile(csv, `${cells.map((row) => row.join(',')).join('\n')}\n`);
    return refusal(
      await network.encryptech(
        ...['dataset', 'publish', csv, '--schema', dataset.schemaFile, '--nominal-rows', '450', '--yes', '--json'],
      ),
    );
  };

  test.each([
    ['an empty cell', 'learning.missingCell', (cells: string[][]) => (cells[4]![2] = '')],
    ['a word for a number', 'learning.badCell', (cells: string[][]) => (cells[4]![2] = 'wide')],
    ['a label that nobody declared', 'learning.unknownLabel', (cells: string[][]) => (cells[4]![WIDTH] = 'unclear')],
  ])('%s: by line and column', async (_what, code, edit) => {
    const said = await publish(edit);
    expect(said.code).toBe(code);
    expect(said.place).toMatch(/5/);
    expect(said.hint).toMatch(/\S/);
  });

  test('a row with a cell too few: by line', async () => {
    const said = await publish((cells) => cells[6]!.pop());
    expect(said).toMatchObject({ code: 'learning.raggedRow', place: expect.stringContaining('7') as string });
  });
});

describe('a model that cannot be trained privately is not ordered', () => {
  const patched = async (edit: (bytes: Buffer) => Buffer): Promise<string> => {
    const path = join(network.folder, 'patched.onnx');
    await writeFile(path, edit(await readFile(join(network.folder, 'model.onnx'))));
    return path;
  };

  test('a truncated file', async () => {
    const file = await patched((bytes) => bytes.subarray(0, bytes.length - 100));
    expect(refusal(await submit(file)).code).toBe('onnx.truncated');
  });

  test('an operator that nobody knows, by its node', async () => {
    const file = await patched((bytes) => {
      const at = bytes.lastIndexOf('Gemm');
      expect(at).toBeGreaterThan(0);
      bytes.write('Zzzz', at, 'latin1');
      return bytes;
    });
    const said = refusal(await submit(file));
    expect(said.code).toBe('onnx.unsupportedOperator');
    expect(said.place ?? said.node).toMatch(/\S/);
  });

  test('one that mixes the examples of a batch, by its node', async () => {
    const said = refusal(await submit(join(PYTORCH, 'batchnorm-train/model.onnx')));
    expect(said.code).toBe('onnx.mixesBatch');
    expect(said.place ?? said.node).toMatch(/\S/);
  });

  test('a file of a size that no model has', async () => {
    // Three gigabytes of weights, as the file says of itself.
    const file = join(network.folder, 'huge.onnx');
    await writeFile(file, Buffer.from([0x3a, 0x80, 0x80, 0x80, 0x80, 0x0c, 0x00]));
    expect(refusal(await submit(file)).code).toMatch(/^onnx\.(truncated|tooLarge)$/);
  });
});

describe('an order that asks for what is not to be had', () => {
  test('more privacy loss than is left', async () => {
    const said = refusal(await submit('model.onnx', ['--epsilon', '8']));
    expect(said.code).toMatch(/^(sdk|market|coordinator)\./);
    expect(said.message + (said.hint ?? '')).toMatch(/epsilon|budget|privacy/i);
  });

  test('a level that no provider has', async () => {
    const said = refusal(await submit('model.onnx', ['--epsilon', '1', '--min-level', '2']));
    expect(said).toMatchObject({ code: 'sdk.noOffer', hint: expect.stringMatching(/level/i) as string });
  });

  test('a developer without the money for it', async () => {
    const said = refusal(await submit('model.onnx', ['--epsilon', '1'], 'stranger'));
    expect(said.code).toMatch(/^chain\./);
    expect(said.message).toMatch(/balance|ENC/);
  });
});

describe('orders that were tampered with', () => {
  /** A signed order as the developer's own client makes it, with a chance to spoil it. */
  const sendOrder = async (spoil: {
    domain?: (domain: SigningDomain) => SigningDomain;
    now?: (now: number) => number;
    body?: (body: { spec: { graph: `0x${string}` } }) => void;
  }): Promise<unknown> => {
    const session = await network.session();
    const { client, coordinator, domain, blobs } = session;
    const graph = new Uint8Array(await readFile(join(network.folder, 'model.onnx')));
    const { datasets } = await coordinator.getDatasets();
    const view = datasets.find(({ datasetId }) => datasetId === dataset.datasetId)!;
    const planned = planJob(graph, view, { epsilon: 1 });
    const person = await network.person('developer');
    const demands = { developer: person.address, minLevel: 0 as const };
    const quote = await quoteJob(session, {
      ...{ planned, dataset: view, offers: await coordinator.getOffers(), demands },
    });
    const now = await chainTime(client);
    const signed = await orderJob({
      ...{ planned, quote, demands, resultKey: new Uint8Array(32).fill(9), validSec: 600 },
      now: spoil.now?.(now) ?? now,
      domain: spoil.domain?.(domain) ?? domain,
      signer: await unlockWallet(capturedTerminal({ cwd: network.folder }), session.home, person),
    });
    const cid = cidOfDigest(planned.spec.graph);
    if (!(await blobs.has(cid))) await blobs.put(graph, { expected: cid });
    const body = { order: orderToJson(signed.order), signature: signed.signature, spec: structuredClone(planned.spec) };
    spoil.body?.(body);
    return coordinator.postOrder(body);
  };

  test('signed for another chain', () =>
    expect(sendOrder({ domain: (domain) => ({ ...domain, chainId: domain.chainId + 1 }) })).rejects.toMatchObject({
      code: 'protocol.wrongSigner',
    }));

  test('expired', () =>
    expect(sendOrder({ now: (now) => now - 3_600 })).rejects.toMatchObject({ code: 'coordinator.expired' }));

  test('a graph digest that is not the signed one', () =>
    expect(sendOrder({ body: ({ spec }) => (spec.graph = toHex(new Uint8Array(32).fill(7))) })).rejects.toMatchObject({
      code: expect.stringMatching(/^(protocol|coordinator)\./) as string,
    }));
});

describe('ciphertext that is missing or altered', () => {
  const blobFile = async (): Promise<string> => {
    const { coordinator } = await network.session();
    const { datasets } = await coordinator.getDatasets();
    const { manifest } = datasets.find(({ datasetId }) => datasetId === dataset.datasetId)!;
    const cid = cidOfDigest(manifest!.blob);
    const names = await readdir(network.home.root, { recursive: true });
    return join(
      network.home.root,
      names.find((name) => basename(name).startsWith(cid))!,
    );
  };
  /** Orders a job that cannot start. */
  const order = async (): Promise<JobId> => {
    const submitted = await submit('model.onnx', ['--epsilon', '1']);
    expect(submitted.code, submitted.out).toBe(0);
    return submitted.json<{ jobId: JobId }>().jobId;
  };
  /** Takes it back before it has started. */
  const takeBack = async (jobId: JobId): Promise<void> => {
    const cancelled = await network.encryptech('job', 'cancel', jobId, '--as', 'developer', '--yes', '--json');
    expect(cancelled.code, cancelled.out).toBe(0);
    expect((await untilState(network.client, jobId, 'Cancelled')).escrow).toBe(0n);
  };

  test('missing: nothing starts, and the order is taken back whole', async () => {
    const file = await blobFile();
    await mkdir(join(network.folder, 'aside'), { recursive: true });
    const aside = join(network.folder, 'aside', basename(file));
    await rename(file, aside);
    const jobId = await order();
    await untilState(network.client, jobId, 'Matched');
    await takeBack(jobId);
    await rename(aside, file);
  });

  test('altered: the provider says so, nothing starts, and the order is taken back whole', async () => {
    const file = await blobFile();
    const bytes = await readFile(file);
    const flip = async (): Promise<void> => {
      bytes[bytes.length >> 1]! ^= 1;
      await writeFile(file, bytes);
    };
    await flip();
    const jobId = await order();
    const { coordinator } = await network.session();
    const heard = await until(
      'the provider to say why it does not start',
      async () => {
        const { providerUrl } = await coordinator.getJob(jobId);
        if (!providerUrl) return undefined;
        const said = (await (await fetch(`${providerUrl}/v1/jobs/${jobId}`)).json()) as {
          failure: PrintedError | null;
        };
        return said.failure?.code;
      },
      { timeoutMs: 120_000 },
    );
    // What does not have its digest is not served, so the provider never sees it.
    expect(heard).toMatch(/^protocol\./);
    await takeBack(jobId);
    await flip();
  });
});
