import { rmSync } from 'node:fs';
import { parseCertificate, trainingSpecDigest, type TrainingSpec } from '@encryptech/protocol';
import { expect, onTestFinished, test } from 'vitest';
import { makeKit, makeStart } from '../../test/job-kit.ts';
import { checkJob } from './check-job.ts';
import { openJobFiles } from './job-files.ts';
import { makeCertificate } from './make-certificate.ts';

const digest = (digit: string) => `0x${digit.repeat(64)}` as const;

test('a certificate states the mechanism of the spec that was ordered, word by word', async () => {
  const kit = await makeKit({ steps: 4 });
  const { folder, start } = makeStart(kit);
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const job = await checkJob(start, openJobFiles(folder));
  // Another value for everything that could be mixed up or left at a default.
  const privacy: TrainingSpec['privacy'] = {
    adjacency: 'replace-one',
    unit: 'unit',
    clipNorm: 0.75,
    noiseMultiplier: 3.5,
    samplingRate: 0.125,
    steps: 17,
    deltaExponent: 7,
    epsilon: 2.5,
    accountant: 'rdp',
  };
  const facts = {
    job,
    evidenceId: digest('1'),
    signer: kit.owner.address,
    model: digest('2'),
    epsilon: 2.25,
    charge: { rdpLow: 258n, rdpHigh: 5n },
    trainedParameters: 14,
    lastClipNorm: 0.25,
    nowSec: 1_800_000_000,
  };
  for (const plan of [
    privacy,
    { ...privacy, adjacency: 'add-or-remove-one', unit: 'row', accountant: 'pld' } as const,
  ]) {
    const certificate = makeCertificate({ ...facts, start: { ...start, spec: { ...start.spec, privacy: plan } } });
    expect(parseCertificate(certificate)).toEqual(certificate);
    const { adjacency, unit, accountant } = plan;
    expect(certificate).toMatchObject({
      mechanism: 'dp-sgd',
      adjacency,
      unit,
      accountant,
      epsilon: 2.25,
      delta: 1e-7,
      steps: 17,
      noiseMultiplier: 3.5,
      samplingRate: 0.125,
      clipNorm: 0.75,
      ledgerCharge: { rdpLow: `0x${'0'.repeat(61)}102`, rdpHigh: `0x${'0'.repeat(63)}5` },
      evidence: { kind: 'software', id: digest('1'), level: 0 },
      issuedAt: 1_800_000_000,
    });
  }
  const correlation = { order: 'cyclic-poisson', bands: 8 } as const;
  const banded = { ...start.spec, privacy: { ...privacy, correlation } };
  const correlated = makeCertificate({ ...facts, start: { ...start, spec: banded } });
  expect(parseCertificate(correlated)).toMatchObject({ mechanism: 'dp-mf', correlation });
  const certificate = makeCertificate({ ...facts, start });
  expect(Object.hasOwn(certificate, 'correlation')).toBe(false);
  expect(certificate).toMatchObject({
    job: kit.jobId,
    attempt: start.attempt,
    dataset: kit.order.datasetId,
    graph: kit.order.graphDigest,
    spec: trainingSpecDigest(kit.spec),
    data: kit.manifest.blob,
    model: digest('2'),
    provider: start.provider,
    enclaveKey: kit.owner.address,
    chain: start.chain,
  });

  expect(certificate).toMatchObject({ clipping: { kind: 'flat' }, trained: { selection: 'all', parameters: 14 } });
  const chosen = makeCertificate({
    ...facts,
    start: {
      ...start,
      spec: {
        ...start.spec,
        trainable: 'last:1',
        privacy: { ...privacy, clipping: { kind: 'adaptive', quantile: 0.6, rate: 0.2, share: 0.05 } },
      },
    },
  });
  expect(parseCertificate(chosen)).toMatchObject({
    clipNorm: 0.75,
    clipping: { kind: 'adaptive', quantile: 0.6, rate: 0.2, share: 0.05, lastClipNorm: 0.25 },
    trained: { selection: 'last:1', parameters: 14 },
  });
});
