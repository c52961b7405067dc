import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { appraise, noEndorsements, verifyEvidence, type AppraisalPolicy } from '@encryptech/attestation';
import { canonicalJson, digestOf, equalBytes, toHex, type Hex } from '@encryptech/base';
import { evaluate, parseSchema, readCsv } from '@encryptech/learning';
import { createNodeEngine } from '@encryptech/learning/node';
import { checkModel } from '@encryptech/onnx';
import { certificateDigest, openResult, verifyCertificateFile, verifyCheckpoint } from '@encryptech/protocol';
import { accountCertificate } from '@encryptech/sdk';
import { generateEnvelopeKeyPair } from '@encryptech/sealing';
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts';
import { afterEach, describe, expect, test } from 'vitest';
import {
  challengeMessage,
  driveEnclave,
  keysOf,
  newChallenge,
  openEnclave,
  releaseMessage,
  type BodyOf,
  type EnclaveDriver,
} from '../../test/enclave-driver.ts';
import { CSV, makeKit, makeStart, type JobKit, type KitOptions } from '../../test/job-kit.ts';
import { measureEnclave } from '../enclave-measurement.ts';
import { announcementNonce } from './announcement-nonce.ts';
import { configurationDigest } from './configuration-digest.ts';
import { enclavePipe, type StartBody } from './enclave-pipe.ts';

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const clean of cleanups.splice(0)) clean();
});

function launch(kit: JobKit, change: (start: StartBody) => Partial<StartBody> = () => ({})) {
  const { folder, start } = makeStart(kit);
  const driver = driveEnclave(folder);
  cleanups.push(
    () => driver.kill(),
    () => rmSync(folder, { recursive: true }),
  );
  return { folder, driver, start: { ...start, ...change(start) } };
}

/** The failure of a job that goes wrong before or after its release. */
async function failureOf(driver: EnclaveDriver): Promise<BodyOf<'failure'>> {
  return (await driver.next('failure')).body;
}

const readFileOf = (folder: string, payload: BodyOf<'result'>['sealed']): Uint8Array =>
  new Uint8Array('file' in payload ? readFileSync(join(folder, payload.file)) : payload.bytes);

describe('the way to a result', () => {
  test('announces itself, proves itself, trains, and seals a result that only the developer opens', async () => {
    const kit = await makeKit();
    const { folder, driver, start } = launch(kit);
    const { announcement, evidence } = await openEnclave(driver, kit, start);

    const context = {
      now: new Date(),
      anchors: { vendor: {}, development: [kit.pki.anchor] },
      endorsements: noEndorsements,
    };
    const asEvidence = (body: BodyOf<'evidence'>) => ({
      kind: body.kind,
      body: body.evidence,
      runtimeData: body.runtimeData,
    });
    const announced = await verifyEvidence(asEvidence(announcement), context);
    const claims = await verifyEvidence(asEvidence(evidence), context);
    expect(announced.runtimeData.nonce).toBe(announcementNonce(kit.jobId, 1));
    expect(claims.runtimeData.signer).toBe(announced.runtimeData.signer);
    expect(claims.measurement).toBe(measureEnclave());
    const policy: AppraisalPolicy = {
      version: 1,
      kinds: ['software'],
      measurements: [measureEnclave()],
      minLevel: 0,
      acceptedAdvisories: [],
      tcbGraceSec: 0,
      minEvaluationNumber: 0,
      collateralSoftAgeSec: 0,
      deniedDevices: [],
      registeredDevices: [],
      reproducibleMeasurements: [],
      insecureAllowDevelopment: true,
    };
    const result = appraise(
      claims,
      policy,
      {
        purpose: 'release',
        audience: { owner: kit.owner.address, chainId: kit.domain.chainId, contract: kit.domain.jobs },
        nonce: claims.runtimeData.nonce,
        job: kit.jobId,
        attempt: 1,
        dataset: kit.order.datasetId,
        configuration: configurationDigest({
          job: kit.jobId,
          attempt: 1,
          provider: kit.provider,
          graph: digestOf(kit.graph),
          spec: kit.order.specDigest,
          manifest: digestOf(new TextEncoder().encode(canonical(kit.manifest))),
        }),
        issuedAt: new Date(Date.now() - 60_000),
        expiresAt: new Date(Date.now() + 60_000),
      },
      new Date(),
    );
    expect(result).toMatchObject({ decision: 'allow', level: 0 });

    const enclaveKey = claims.runtimeData.signer;
    const ready = await driver.next('ready');
    expect(ready.body).toEqual({ jobId: kit.jobId, attempt: 1, enclaveKey: expect.any(String) as string, fromStep: 0 });
    expect(ready.body.enclaveKey.toLowerCase()).toBe(enclaveKey);
    const steps: number[] = [];
    for (const expected of [5, 10]) {
      const { body } = await driver.next('checkpoint');
      steps.push(body.checkpoint.step);
      await verifyCheckpoint(body.checkpoint, body.signature, kit.domain, ready.body.enclaveKey);
      expect(digestOf(readFileOf(folder, body.sealed))).toBe(body.checkpoint.digest);
      expect(body.checkpoint.step).toBe(expected);
    }
    const { body } = await driver.next('result');
    expect((await driver.exited).code).toBe(0);

    const sealed = readFileOf(folder, body.sealed);
    expect(digestOf(sealed)).toBe(body.receipt.resultDigest);
    const opened = await openResult({ secretKey: kit.resultKeys.secretKey, jobId: kit.jobId, bytes: sealed });
    expect(certificateDigest(opened.certificate)).toBe(body.receipt.certificateDigest);
    expect(opened.certificate).toEqual(body.certificate);
    const file = { certificate: opened.certificate, receipt: body.receipt, signature: body.signature };
    expect((await verifyCertificateFile(file)).toLowerCase()).toBe(enclaveKey);
    expect(opened.certificate).toMatchObject({
      job: kit.jobId,
      dataset: kit.order.datasetId,
      graph: digestOf(kit.graph),
      data: digestOf(kit.sealedData),
      model: digestOf(opened.model),
      mechanism: 'dp-sgd',
      steps: 12,
      delta: 1e-5,
      evidence: { kind: 'software', id: claims.evidenceId, level: 0, measurement: measureEnclave() },
      provider: kit.provider,
    });
    expect(opened.certificate.epsilon).toBeLessThanOrEqual(2);
    expect(opened.certificate.warnings[0]).toContain('level 0');

    // Loss curves, dataset size: what leaves has no field for anything that depends on the rows.
    const told = driver.heard.map((bytes) => enclavePipe.decode(bytes));
    const progress = told.filter((message) => message.type === 'progress');
    expect(progress.length).toBeGreaterThan(0);
    for (const message of progress) {
      expect(Object.keys(message.body).sort()).toEqual([
        'attempt',
        'elapsedMs',
        'epsilon',
        'jobId',
        'step',
        'steps',
        'stepsPerSec',
      ]);
    }
    expect(Object.values(opened.certificate)).not.toContain(569);
    expect(JSON.stringify(opened.certificate)).not.toMatch(/"(rows|loss|accuracy)"/);

    // It is a model, and it has learned something: 63 % of the rows are benign.
    expect(checkModel(opened.model).parameters).toBe(62);
    const table = await readCsv(CSV, parseSchema(kit.manifest.schema));
    const { accuracy } = (await evaluate(opened.model, table, createNodeEngine())) as { accuracy: number };
    expect(accuracy).toBeGreaterThan(0.8);

    for (const secretKey of [kit.secret, generateEnvelopeKeyPair().secretKey, keysOf(kit).dataKey]) {
      await expect(openResult({ secretKey, jobId: kit.jobId, bytes: sealed })).rejects.toMatchObject({
        code: 'sealing.envelopeRejected',
      });
    }
  });

  test.each<[string, KitOptions]>([
    ['fresh noise', {}],
    ['noise in groups', { correlation: { order: 'cyclic-poisson', bands: 4 } }],
    [
      'noise in passes',
      { correlation: { order: 'passes', bands: 8, passes: 1 }, sigma: 6, steps: 10, checkpointEvery: 4 },
    ],
  ])(
    'DP state fork: a run resumed from a checkpoint in another enclave gives the bit-identical model, no second noise: %s',
    async (_, options) => {
      const kit = await makeKit(options);
      const first = launch(kit);
      await openEnclave(first.driver, kit, first.start);
      await first.driver.next('checkpoint');
      const { body: checkpoint } = await first.driver.next('checkpoint');
      const { body: whole } = await first.driver.next('result');
      const sealed = readFileOf(first.folder, checkpoint.sealed);

      const second = launch(kit, () => ({
        attempt: 2,
        resume: { checkpoint: checkpoint.checkpoint, sealed: { bytes: sealed } },
      }));
      await openEnclave(second.driver, kit, second.start);
      expect((await second.driver.next('ready')).body.fromStep).toBe(2 * (options.checkpointEvery ?? 5));
      const { body: resumed } = await second.driver.next('result');
      expect(resumed.certificate.model).toBe(whole.certificate.model);
      expect(resumed.receipt.resultDigest).not.toBe(whole.receipt.resultDigest);
      expect(resumed.receipt.attempt).toBe(2);
      // What the certificate says of its noise is what its epsilon and its charge follow from.
      const { certificate } = resumed;
      expect([certificate.mechanism, certificate.correlation]).toEqual(
        options.correlation === undefined ? ['dp-sgd', undefined] : ['dp-mf', options.correlation],
      );
      expect(accountCertificate(certificate).map(({ ok }) => ok)).toEqual([true, true]);
      const { secretKey } = kit.resultKeys;
      const models = await Promise.all(
        [
          [first.folder, whole],
          [second.folder, resumed],
        ].map(async ([folder, body]) =>
          openResult({
            secretKey,
            jobId: kit.jobId,
            bytes: readFileOf(folder as string, (body as BodyOf<'result'>).sealed),
          }),
        ),
      );
      expect(equalBytes(models[0]!.model, models[1]!.model)).toBe(true);
    },
  );

  test('a killed worker leaves nothing that goes on without a new release', async () => {
    const kit = await makeKit({ steps: 2000, checkpointEvery: 20 });
    const { folder, driver, start } = launch(kit);
    await openEnclave(driver, kit, start);
    await driver.next('checkpoint');
    driver.kill();
    expect((await driver.exited).signal).toBe('SIGKILL');
    await expect(driver.send({ type: 'ping', body: { id: 1, answer: false } })).rejects.toMatchObject({
      code: 'protocol.closed',
    });
    // What is left is ciphertext: another worker in the same folder announces other keys and knows none of the old.
    const again = driveEnclave(folder);
    cleanups.push(() => again.kill());
    await again.send({ type: 'start', body: start });
    const announcement = (await again.next('evidence')).body;
    const [one, two] = [driver.heard[0]!, again.heard[0]!];
    expect(equalBytes(one, two)).toBe(false);
    expect(announcement.attempt).toBe(1);
  });

  test('stops when the provider says so, and when the provider is gone', async () => {
    const kit = await makeKit({ steps: 2000 });
    const one = launch(kit);
    await openEnclave(one.driver, kit, one.start);
    await one.driver.next('ready');
    await one.driver.send({ type: 'stop', body: { reason: 'deadline' } });
    expect((await failureOf(one.driver)).code).toBe('enclave.stopped');
    expect((await one.driver.exited).code).toBe(1);
    const two = launch(kit);
    await openEnclave(two.driver, kit, two.start);
    await two.driver.next('ready');
    two.driver.hangUp();
    expect((await failureOf(two.driver)).code).toBe('enclave.stopped');
    expect((await two.driver.exited).code).toBe(1);
  });
});

describe('a job that is not what it should be', () => {
  test('is refused before any key was made, with code and reason', async () => {
    const kit = await makeKit();
    const { driver, start } = launch(kit, () => ({ chain: { id: 1, jobs: kit.domain.jobs } }));
    await driver.send({ type: 'start', body: start });
    expect(await failureOf(driver)).toMatchObject({ code: 'protocol.wrongSigner' });
    expect(driver.heard).toHaveLength(1);
    expect((await driver.exited).code).toBe(1);
  });

  test('a blob that is altered after it was checked does not open', async () => {
    const kit = await makeKit();
    const { folder, driver, start } = launch(kit);
    await driver.send({ type: 'start', body: start });
    await driver.next('evidence');
    const altered = kit.sealedData.slice();
    altered[altered.length >> 1]! ^= 1;
    writeFileSync(join(folder, 'data.sealed'), altered);
    const challenge = newChallenge(kit, start);
    await driver.send(await challengeMessage(kit, challenge));
    await driver.send(await releaseMessage(kit, challenge, (await driver.next('evidence')).body));
    expect(await failureOf(driver)).toMatchObject({ code: 'sealing.altered' });
  });
});

describe('challenges and releases', () => {
  test('what is refused is answered by an error, and the enclave goes on waiting for its owner', async () => {
    const kit = await makeKit({ steps: 3 });
    const { driver, start } = launch(kit);
    await driver.send({ type: 'start', body: start });
    await driver.next('evidence');
    const stranger = privateKeyToAccount(generatePrivateKey());
    const refusal = async () => (await driver.next('error')).body.code;

    const good = newChallenge(kit, start);
    await driver.send(await challengeMessage(kit, good));
    const { body: evidence } = await driver.next('evidence');
    await driver.send(await challengeMessage(kit, good));
    expect(await refusal()).toBe('enclave.challengeReplayed');
    await driver.send(await challengeMessage(kit, newChallenge(kit, start, { owner: stranger.address }), stranger));
    expect(await refusal()).toBe('enclave.challengeSigner');
    await driver.send(await challengeMessage(kit, newChallenge(kit, start), stranger));
    expect(await refusal()).toBe('enclave.challengeSigner');

    const otherKey = generateEnvelopeKeyPair().publicKey;
    await driver.send(await releaseMessage(kit, good, evidence, { recipient: otherKey }));
    expect(await refusal()).toBe('sealing.envelopeRejected');
    await driver.send(await releaseMessage(kit, good, evidence, { signer: stranger }));
    expect(await refusal()).toBe('enclave.releaseSigner');
    const elsewhere: Hex = `0x${'22'.repeat(32)}`;
    await driver.send(await releaseMessage(kit, good, evidence, { release: { evidenceId: elsewhere } }));
    expect(await refusal()).toBe('enclave.releaseMismatch');
    await driver.send(await releaseMessage(kit, good, evidence, { release: { attempt: 2 } }));
    expect(await refusal()).toBe('enclave.releaseMismatch');
    await driver.send(await releaseMessage(kit, good, evidence, { release: { enclaveKey: stranger.address } }));
    expect(await refusal()).toBe('enclave.releaseMismatch');
    await driver.send(await releaseMessage(kit, good, evidence, { release: { policyDigest: elsewhere } }));
    expect(await refusal()).toBe('enclave.releaseMismatch');

    await driver.send(await releaseMessage(kit, good, evidence));
    await driver.next('result');
  });

  test('a denial ends the job with the owner’s reasons', async () => {
    const kit = await makeKit();
    const { driver, start } = launch(kit);
    await driver.send({ type: 'start', body: start });
    await driver.next('evidence');
    const reasons = [{ code: 'policy.expired', message: 'Over.' }];
    await driver.send({ type: 'denied', body: { jobId: kit.jobId, attempt: 1, evidenceId: null, reasons } });
    expect(await failureOf(driver)).toMatchObject({ code: 'enclave.denied', data: { reasons: ['policy.expired'] } });
  });

  test('a wrong data key is an error about the key', async () => {
    const kit = await makeKit();
    const { driver, start } = launch(kit);
    await openEnclave(driver, kit, start, { keys: { dataKey: new Uint8Array(32).fill(7) } });
    expect(await failureOf(driver)).toMatchObject({ code: 'sealing.wrongKey' });
  });
});

describe('bad tables', () => {
  const lines = CSV.toString('utf8').split('\n');
  const withLine = (index: number, line: string) =>
    Buffer.from(lines.map((old, i) => (i === index ? line : old)).join('\n'));
  const cells = lines[41]!.split(',');

  test.each([
    [
      'a mistyped cell',
      withLine(41, ['Mary Shelley', ...cells.slice(1)].join(',')),
      'learning.badCell',
      'line 42, column "mean radius"',
    ],
    [
      'an unknown label',
      withLine(41, [...cells.slice(0, -1), 'Mary Shelley'].join(',')),
      'learning.unknownLabel',
      'line 42, column "diagnosis"',
    ],
    ['no header', Buffer.from(lines.slice(1).join('\n')), 'learning.missingColumn', 'line 1, column "mean radius"'],
  ])('%s is told by line and column, never by what is in it', async (_, csv, code, place) => {
    const kit = await makeKit({ csv });
    const { driver, start } = launch(kit);
    await openEnclave(driver, kit, start);
    const failure = await failureOf(driver);
    expect(failure).toMatchObject({ code, place });
    expect(JSON.stringify(failure)).not.toMatch(/Mary|17\.99/);
    expect((await driver.exited).stderr).toBe('');
  });
});

test('nothing that the worker writes or says holds a row of the table or a key', async () => {
  const kit = await makeKit();
  const { folder, driver, start } = launch(kit);
  await openEnclave(driver, kit, start);
  await driver.next('result');
  const { stderr } = await driver.exited;
  const written = readdirSync(folder).map((name) => new Uint8Array(readFileSync(join(folder, name))));
  expect(readdirSync(folder).sort()).toEqual([
    'checkpoint-10.sealed',
    'checkpoint-5.sealed',
    'data.sealed',
    'result.sealed',
  ]);
  const everything = [...written, ...driver.heard, new TextEncoder().encode(stderr)].map((bytes) => Buffer.from(bytes));

  const { dataKey, checkpointKey, randomnessRoot } = keysOf(kit);
  const secrets = [kit.secret, dataKey, checkpointKey, randomnessRoot, kit.resultKeys.secretKey].flatMap((key) => [
    Buffer.from(key),
    Buffer.from(toHex(key).slice(2)),
    Buffer.from(Buffer.from(key).toString('base64').replace(/=+$/, '')),
  ]);
  const table = await readCsv(CSV, parseSchema(kit.manifest.schema));
  const rows = CSV.toString('utf8').trim().split('\n').slice(1);
  const plaintext = rows.flatMap((row, i) => [
    Buffer.from(row.slice(0, 40)),
    // The same row as the tensors hold it.
    Buffer.from(table.features.buffer, table.features.byteOffset + 4 * table.width * i, 16),
  ]);
  for (const bytes of everything) {
    for (const needle of [...secrets, ...plaintext]) expect(bytes.includes(needle)).toBe(false);
  }
  // The search itself finds what is there.
  expect(
    everything.some((bytes) => bytes.includes(Buffer.from(kit.jobId.slice(2), 'hex')) || bytes.includes(kit.jobId)),
  ).toBe(true);
  expect(stderr).toBe('');
});

const canonical = (value: object): string => canonicalJson(value as never);
