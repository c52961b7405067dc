import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDevelopmentPki, type DevelopmentPki } from '@encryptech/attestation';
import { digestOf, fromHex, toHex, utf8, type Address, type Hex, type JobId } from '@encryptech/base';
import { newMlp, writeModel } from '@encryptech/onnx';
import { epsilonOf, ledgerCharge, planMechanism, type Correlation } from '@encryptech/privacy';
import {
  datasetAdjacency,
  datasetIdOf,
  digestDocument,
  hashOrder,
  releasePolicyDigest,
  signOrder,
  trainingSpecDigest,
  type DatasetManifest,
  type JobOrder,
  type ReleasePolicy,
  type SigningDomain,
  type TrainingSpec,
} from '@encryptech/protocol';
import { jobWork } from '@encryptech/sdk/work';
import { deriveDataKey, encryptFile, generateEnvelopeKeyPair } from '@encryptech/sealing';
import { generatePrivateKey, privateKeyToAccount, type LocalAccount } from 'viem/accounts';
import type { StartBody } from '../src/enclave/enclave-pipe.ts';
import { installRoot, measureEnclave } from '../src/enclave-measurement.ts';

export const CSV = readFileSync(join(installRoot, 'fixtures/wdbc/wdbc.csv'));
const SCHEMA = JSON.parse(readFileSync(join(installRoot, 'fixtures/wdbc/schema.json'), 'utf8')) as Record<
  string,
  never
>;
const SEED = Uint8Array.from({ length: 32 }, (_, i) => i);

export interface KitOptions {
  /** The data in the clear, CSV or packed rows, and their schema; WDBC by default. */
  csv?: Uint8Array;
  schema?: unknown;
  /** The model; a perceptron for WDBC by default. */
  graph?: Uint8Array;
  /** Noise over clip norm; 3 by default. */
  sigma?: number;
  /** Training steps; 12 by default. */
  steps?: number;
  checkpointEvery?: number;
  /** Widths of hidden layers; none by default. */
  hidden?: number[];
  /** Which parameters train; all by default. */
  trainable?: string;
  /** Noise over several steps; fresh in each by default. The dataset's neighbours follow from it. */
  correlation?: Correlation;
  domain?: SigningDomain;
  /** Accounts of a chain; fresh ones if left out. */
  developer?: LocalAccount;
  owner?: LocalAccount;
}

/** All parties' documents and keys for one small, real job on the real table. */
export interface JobKit {
  domain: SigningDomain;
  developer: LocalAccount;
  resultKeys: { publicKey: Uint8Array; secretKey: Uint8Array };
  owner: LocalAccount;
  provider: Address;
  secret: Uint8Array;
  csv: Uint8Array;
  manifest: DatasetManifest;
  policy: ReleasePolicy;
  spec: TrainingSpec;
  graph: Uint8Array;
  order: JobOrder;
  orderSignature: Hex;
  jobId: JobId;
  sealedData: Uint8Array;
  pki: DevelopmentPki;
}

export async function makeKit({
  csv = CSV,
  schema: given = SCHEMA,
  graph: model,
  sigma = 3,
  steps = 12,
  checkpointEvery = 5,
  hidden = [],
  trainable,
  correlation,
  domain = { chainId: 31337, jobs: '0x5FbDB2315678afecb367f032d93F642f64180aa3' },
  developer = privateKeyToAccount(generatePrivateKey()),
  owner = privateKeyToAccount(generatePrivateKey()),
}: KitOptions = {}): Promise<JobKit> {
  const schema = given as typeof SCHEMA;
  const resultKeys = generateEnvelopeKeyPair();
  const secret = new Uint8Array(randomBytes(32));
  const sealedData = await encryptFile(deriveDataKey(secret), csv);
  const blob = digestOf(sealedData);
  const datasetId = datasetIdOf(owner.address, blob);
  const policy: ReleasePolicy = {
    version: 1,
    dataset: datasetId,
    purposes: ['train'],
    developers: '*',
    mechanisms: ['dp-sgd', 'dp-mf'],
    minLevel: 0,
    maxEpsilonPerJob: 3,
    measurements: [measureEnclave()],
    until: 4_000_000_000,
  };
  const manifest: DatasetManifest = {
    version: 1,
    name: 'WDBC',
    owner: owner.address,
    blob,
    bytes: sealedData.length,
    schemaDigest: digestDocument(schema),
    schema,
    nominalRows: 569,
    unit: 'row',
    epsilonCapMicro: 8_000_000,
    deltaExponent: 5,
    ...(correlation?.order === 'passes' ? { adjacency: 'replace-one' as const } : {}),
    fee: '1000',
    minLevel: 0,
    policyDigest: releasePolicyDigest(policy),
  };
  const adjacency = datasetAdjacency(manifest);
  const graph = model ?? writeModel(newMlp({ inputs: 30, hidden, outputs: 2, activation: 'relu', seed: utf8('kit') }));
  const numbers = {
    adjacency,
    unit: 'row',
    ...{ clipNorm: 1, noiseMultiplier: sigma, samplingRate: 0.1, steps, deltaExponent: 5 },
    ...(correlation === undefined ? {} : { correlation }),
  } as const;
  const mechanism = planMechanism(numbers);
  const epsilon = epsilonOf({ ...mechanism, delta: 1e-5, accountant: 'pld' });
  const privacy = { ...numbers, epsilon, accountant: 'pld' } as const;
  const spec: TrainingSpec = {
    version: 1,
    task: 'train',
    graph: digestOf(graph),
    dataset: datasetId,
    loss: 'softmax-cross-entropy',
    ...(trainable === undefined ? {} : { trainable }),
    optimiser: { kind: 'sgd', learningRate: 2, momentum: 0.5, averaging: { kind: 'none' } },
    privacy,
    expectedBatch: 56.9,
    microBatch: 64,
    checkpointEvery,
    durationSec: 600,
  };
  const { durationSec } = spec;
  const order: JobOrder = {
    developer: developer.address,
    datasetId,
    graphDigest: spec.graph,
    specDigest: trainingSpecDigest(spec),
    resultKey: toHex(resultKeys.publicKey),
    units: jobWork(graph, spec).units,
    steps,
    durationSec,
    maxRate: 10n ** 18n,
    maxDatasetFee: 1000n,
    minLevel: 0,
    kind: 0,
    minReputationBps: 0,
    minSpeed: 0n,
    ...ledgerCharge(mechanism),
    nonce: 1n,
    expiresAt: 4_000_000_000n,
  };
  return {
    domain,
    developer,
    resultKeys,
    owner,
    provider: privateKeyToAccount(generatePrivateKey()).address,
    secret,
    csv,
    manifest,
    policy,
    spec,
    graph,
    order,
    orderSignature: await signOrder(order, domain, developer),
    jobId: hashOrder(order, domain),
    sealedData,
    pki: createDevelopmentPki(SEED),
  };
}

/** A job folder with the kit's data in it, and the message that starts the enclave on it. */
export function makeStart(kit: JobKit): { folder: string; start: StartBody } {
  const folder = mkdtempSync(join(tmpdir(), 'enclave-job-'));
  writeFileSync(join(folder, 'data.sealed'), kit.sealedData);
  return {
    folder,
    start: {
      chain: { id: kit.domain.chainId, jobs: kit.domain.jobs },
      order: kit.order,
      orderSignature: kit.orderSignature,
      spec: kit.spec,
      manifest: kit.manifest,
      owner: kit.owner.address,
      provider: kit.provider,
      attempt: 1,
      graph: { bytes: kit.graph },
      data: 'data.sealed',
      resume: null,
      attester: {
        kind: 'software',
        platform: kit.pki.platform('kit'),
        anchor: kit.pki.anchor,
        measurement: fromHex(measureEnclave()),
      },
      threads: 1,
    },
  };
}
