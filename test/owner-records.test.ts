import { access, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { digestOf, utf8, type DatasetId, type Hex, type JobId } from '@encryptech/base';
import { anchorLog, datasetFacts } from '@encryptech/chain';
import type { LogEntry } from '@encryptech/owner';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { openWriter, unlockWallet } from '../apps/cli/src/network/person.ts';
import { capturedTerminal } from './network/captured-terminal.ts';
import type { PrintedError } from './network/command-line.ts';
import { PATIENCE } from './network/patience.ts';
import { publishWdbc, type PublishedDataset } from './network/published-dataset.ts';
import { startTestNetwork, type TestNetwork } from './network/test-network.ts';

// What an owner has in hand after a job, command by command, on a real network: the log, the bundle, the end of consent and
// the end of a key.
vi.setConfig(PATIENCE);

interface Parts {
  policy: object;
  logEntry: object;
  evidence: string;
  certificate: { certificate: { evidence: object } };
}

let network: TestNetwork;
let dataset: PublishedDataset;
let ownerDir: string;
let jobId: JobId;

beforeAll(async () => {
  network = await startTestNetwork();
  ownerDir = (await network.person('hospital')).dir;
  dataset = await publishWdbc(network);
  await network.encryptech('model', 'new', 'mlp', '--inputs', '30', '--outputs', '2', '--json');
  const submitted = await network.encryptech(
    ...['job', 'submit', 'model.onnx', '--dataset', dataset.datasetId, '--epsilon', '1', '--steps', '8'],
    ...['--yes', '--wait', '--json'],
  );
  expect(submitted.code, submitted.out + submitted.err).toBe(0);
  jobId = submitted.json<{ jobId: JobId }>().jobId;
  const fetched = await network.encryptech('job', 'result', jobId, '--out', 'result', '--json');
  expect(fetched.code, fetched.out).toBe(0);
});
afterAll(() => network.end());

const facts = () => datasetFacts(network.client, dataset.datasetId as DatasetId);

/** What `--json` says of a refusal. */
async function refused(...argv: string[]): Promise<PrintedError> {
  const { code, out, json } = await network.encryptech(...argv, '--json');
  expect(code, out).toBe(2);
  return json<PrintedError>();
}

describe('encryptech owner log', () => {
  const path = () => join(ownerDir, 'release-log.jsonl');

  test('has the one decision, in plain words and as JSON; its head is the digest of its last line', async () => {
    const shown = await network.encryptech('owner', 'log');
    expect(shown.code).toBe(0);
    expect(shown.out).toContain('keys released for attempt 1 of job');
    const { entries, head } = (await network.encryptech('owner', 'log', '--json')).json<{
      entries: LogEntry[];
      head: Hex;
    }>();
    expect(entries).toMatchObject([{ seq: 0, job: jobId, decision: 'allow', reasons: [] }]);
    expect(head).toBe(digestOf(utf8((await readFile(path(), 'utf8')).trimEnd())));
  });

  test('--verify says whether the chain has its head', async () => {
    const before = await network.encryptech('owner', 'log', '--verify');
    expect(before.out).toContain('The chain has no head of this log yet.');
    const { head } = (await network.encryptech('owner', 'log', '--json')).json<{ head: Hex }>();
    const person = await network.person('hospital');
    const terminal = capturedTerminal({ cwd: network.folder });
    const account = await unlockWallet(terminal, network.home, person);
    const { writer, close } = await openWriter(network.client, person, account);
    await anchorLog(writer, { head });
    await close();
    const after = await network.encryptech('owner', 'log', '--verify', '--json');
    expect(after.json()).toMatchObject({ anchored: head, anchoredEntries: 1, verified: true });
  });

  test('an altered line is named; a log that was cut or removed behind its head on chain is not taken for whole', async () => {
    const whole = await readFile(path(), 'utf8');
    try {
      await writeFile(path(), `${whole}${whole}`);
      expect(await refused('owner', 'log')).toMatchObject({ code: 'owner.logAltered', place: 'line 2' });
      await writeFile(path(), whole.replace('"allow"', '"deny"'));
      expect(await refused('owner', 'log', '--verify')).toMatchObject({ code: 'owner.logTruncated' });
      await writeFile(path(), '');
      expect(await refused('owner', 'log', '--verify')).toMatchObject({ code: 'owner.logTruncated' });
      await rename(path(), `${path()}.away`);
      expect(await refused('owner', 'log', '--verify')).toMatchObject({ code: 'cli.logGone', place: path() });
      await rename(`${path()}.away`, path());
    } finally {
      await writeFile(path(), whole);
    }
    expect((await network.encryptech('owner', 'log', '--verify')).code).toBe(0);
  });
});

describe('encryptech owner bundle, and encryptech verify bundle.json', () => {
  type Verdict = { ok: boolean; checks: { check: string; ok: boolean; words: string }[] };
  const verify = async (file: string) => {
    const { code, out, json } = await network.encryptech('verify', file, '--json');
    return { code, out, ...json<Verdict>() };
  };

  test('a bundle verifies: certificate, evidence, policy, release and log line are of one job', async () => {
    const made = await network.encryptech(
      'owner',
      'bundle',
      'result/certificate.json',
      '--out',
      'result/bundle.json',
      '--json',
    );
    expect(made.code, made.out).toBe(0);
    expect(made.json()).toEqual({ job: jobId, file: join(network.folder, 'result/bundle.json') });
    const { code, ok, checks } = await verify('result/bundle.json');
    expect(checks.filter((one) => !one.ok)).toEqual([]);
    expect({ code, ok }).toEqual({ code: 0, ok: true });
    expect(checks.map(({ check }) => check)).toEqual(
      expect.arrayContaining(['evidence', 'binding', 'appraisal', 'policy', 'release', 'log-entry', 'owner']),
    );
    const words = await network.encryptech('verify', 'result/bundle.json');
    expect(words.out).toMatch(/VALID: epsilon/);
    expect(words.out).toContain('level 0: software enclave');
  });

  test.each<[string, (bundle: Parts) => object, string[]]>([
    ['a nicer policy', (b) => ({ policy: { ...b.policy, minLevel: 2 } }), ['appraisal', 'policy']],
    ['another log line', (b) => ({ logEntry: { ...b.logEntry, seq: 7 } }), ['log-entry']],
    ['evidence with a flipped bit', (b) => ({ evidence: flip(b.evidence) }), ['evidence']],
    ['another measurement', (b) => claim(b, { measurement: `0x${'ee'.repeat(48)}` }), ['signature', 'binding']],
  ])('a tampered bundle is refused: %s', async (_, change, wrong) => {
    const bundle = JSON.parse(await readFile(join(network.folder, 'result/bundle.json'), 'utf8')) as Parts;
    await writeFile(join(network.folder, 'result/tampered.json'), JSON.stringify({ ...bundle, ...change(bundle) }));
    const { code, out, ok, checks } = await verify('result/tampered.json');
    expect({ code, ok }, out).toEqual({ code: 2, ok: false });
    expect(checks.filter((one) => !one.ok).map(({ check }) => check)).toEqual(expect.arrayContaining(wrong));
  });

  test('what is no bundle, or of a job that this owner released no keys for, is refused with its place', async () => {
    const bundle = JSON.parse(await readFile(join(network.folder, 'result/bundle.json'), 'utf8')) as Parts;
    await writeFile(join(network.folder, 'odd.json'), JSON.stringify({ ...bundle, evidence: 'none' }));
    expect(await refused('verify', 'odd.json')).toMatchObject({ code: 'owner.badBundle', place: 'evidence' });
    // Software that claims more than level 0 is not even of the form of a certificate.
    await writeFile(join(network.folder, 'odd.json'), JSON.stringify({ ...bundle, ...claim(bundle, { level: 2 }) }));
    const place = 'certificate.certificate.evidence.level';
    expect(await refused('verify', 'odd.json')).toMatchObject({ code: 'owner.badBundle', place });
    const file = JSON.parse(await readFile(join(network.folder, 'result/certificate.json'), 'utf8')) as {
      certificate: object;
    };
    const other = { ...file, certificate: { ...file.certificate, attempt: 2 } };
    await writeFile(join(network.folder, 'other.json'), JSON.stringify(other));
    expect(await refused('owner', 'bundle', 'other.json')).toMatchObject({ code: 'owner.noRelease', place: jobId });
  });
});

describe('encryptech owner withdraw', () => {
  test('does nothing without --yes or with --dry-run; then the chain has another policy, until --undo', async () => {
    const registered = (await facts()).policyDigest;
    expect(await refused('owner', 'withdraw', dataset.datasetId)).toMatchObject({ code: 'cli.notConfirmed' });
    const dry = await network.encryptech('owner', 'withdraw', dataset.datasetId, '--dry-run', '--json');
    expect(dry.json()).toEqual({ datasetId: dataset.datasetId, withdrawn: true, dryRun: true });
    expect((await facts()).policyDigest).toBe(registered);

    const done = await network.encryptech('owner', 'withdraw', dataset.datasetId.slice(0, 10), '--yes', '--json');
    expect(done.code, done.out).toBe(0);
    expect(done.json()).toMatchObject({ datasetId: dataset.datasetId, withdrawn: true });
    expect((await facts()).policyDigest).not.toBe(registered);

    const undone = await network.encryptech('owner', 'withdraw', dataset.datasetId, '--undo', '--yes', '--json');
    expect(undone.code, undone.out).toBe(0);
    expect((await facts()).policyDigest).toBe(registered);
  });
});

describe('encryptech owner erase', () => {
  test('destroys the key and says so on chain, once, and only when told to', async () => {
    const folder = join(ownerDir, 'datasets', dataset.datasetId);
    expect(await refused('owner', 'erase', dataset.datasetId)).toMatchObject({ code: 'cli.notConfirmed' });
    const dry = await network.encryptech('owner', 'erase', dataset.datasetId, '--dry-run', '--json');
    expect(dry.json()).toEqual({ datasetId: dataset.datasetId, dryRun: true });
    await access(join(folder, 'secret.json'));
    expect((await facts()).retired).toBe(false);

    const done = await network.encryptech('owner', 'erase', dataset.datasetId, '--yes', '--json');
    expect(done.code, done.out).toBe(0);
    const { digest, statement } = done.json<{ digest: Hex; statement: object }>();
    expect(await facts()).toMatchObject({ retired: true, policyDigest: digest });
    const kept = await readFile(join(folder, 'erasure.json'), 'utf8');
    expect(JSON.parse(kept)).toEqual(statement);
    expect(digestOf(utf8(kept))).toBe(digest);
    await expect(access(join(folder, 'secret.json'))).rejects.toMatchObject({ code: 'ENOENT' });
    expect(await refused('owner', 'erase', dataset.datasetId, '--yes')).toMatchObject({
      code: 'cli.noKey',
      place: folder,
    });
  });
});

/** A bundle whose certificate claims something else of the evidence. */
const claim = ({ certificate: file }: Parts, change: object): object => {
  const certificate = { ...file.certificate, evidence: { ...file.certificate.evidence, ...change } };
  return { certificate: { ...file, certificate } };
};

const flip = (hex: string): string => {
  const at = 2 + 2 * 700;
  return `${hex.slice(0, at)}${hex[at] === '0' ? '1' : '0'}${hex.slice(at + 1)}`;
};
