import { privateKeyToAccount } from 'viem/accounts';
import type { Hex } from '@encryptech/base';
import {
  digestDocument,
  type Certificate,
  type AuditFinding,
  type ComputeOffer,
  type DatasetGrant,
  type DatasetManifest,
  type JobOrder,
  type Delegation,
  type OwnerChallenge,
  type Receipt,
  type ReleasePolicy,
  type SigningDomain,
  type Registration,
  type ServedFinding,
  type TrainingSpec,
  type Voucher,
} from '../src/index.ts';

export const bytes32 = (digit: string): Hex => `0x${digit.repeat(64)}`;

// Published test keys of the usual development mnemonic: worth nothing anywhere.
export const developer = privateKeyToAccount('0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80');
export const provider = privateKeyToAccount('0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d');
export const owner = privateKeyToAccount('0x5de4111afa1a4b94908f83103eb1f1706367c2e68ca870fc3fb9a804cdab365a');
export const enclave = privateKeyToAccount('0x7c852118294e51e653712a81e05800f419141751be58f605c371e15141b007a6');

export const domain: SigningDomain = { chainId: 31_337, jobs: '0x5FbDB2315678afecb367f032d93F642f64180aa3' };

export const spec: TrainingSpec = {
  version: 1,
  task: 'train',
  graph: bytes32('a'),
  dataset: bytes32('b'),
  loss: 'softmax-cross-entropy',
  optimiser: { kind: 'sgd', learningRate: 0.5, momentum: 0.9, averaging: { kind: 'tail', fromStep: 100 } },
  privacy: {
    adjacency: 'add-or-remove-one',
    unit: 'row',
    clipNorm: 1,
    noiseMultiplier: 1.1,
    samplingRate: 0.05,
    steps: 200,
    deltaExponent: 5,
    epsilon: 2.5,
    accountant: 'pld',
  },
  expectedBatch: 28.5,
  microBatch: 32,
  checkpointEvery: 50,
  durationSec: 600,
};

const schema = { version: 1, name: 'heart', columns: [{ name: 'age', type: 'number', min: 0, max: 120 }] };

export const manifest: DatasetManifest = {
  version: 1,
  name: 'Heart disease',
  owner: owner.address,
  blob: bytes32('c'),
  bytes: 18_000,
  schemaDigest: digestDocument(schema),
  schema,
  nominalRows: 570,
  unit: 'row',
  epsilonCapMicro: 8_000_000,
  deltaExponent: 5,
  fee: '1500000000000000000',
  minLevel: 0,
  policyDigest: bytes32('d'),
};

export const policy: ReleasePolicy = {
  version: 1,
  dataset: bytes32('b'),
  purposes: ['train'],
  developers: [developer.address],
  mechanisms: ['dp-sgd'],
  minLevel: 0,
  maxEpsilonPerJob: 3,
  measurements: [bytes32('e')],
  until: 1_900_000_000,
};

export const order: JobOrder = {
  developer: developer.address,
  datasetId: spec.dataset,
  graphDigest: spec.graph,
  specDigest: digestDocument(spec),
  resultKey: bytes32('1'),
  units: 123_456_789n,
  steps: 200,
  durationSec: 600,
  maxRate: 20_000_000_000_000_000n,
  maxDatasetFee: 2_000_000_000_000_000_000n,
  minLevel: 0,
  kind: 0,
  minReputationBps: 3_000,
  minSpeed: 1_000_000n,
  rdpLow: (1n << 255n) + 7n,
  rdpHigh: 42n,
  nonce: 18_446_744_073_709_551_615n,
  expiresAt: 1_900_000_000n,
};

export const offer: ComputeOffer = {
  provider: provider.address,
  ask: 10_000_000_000_000_000n,
  maxUnits: 10n ** 12n,
  maxDurationSec: 86_400,
  nonce: 1n,
  expiresAt: 1_900_000_000n,
};

export const grant: DatasetGrant = {
  datasetId: spec.dataset,
  developer: '0x0000000000000000000000000000000000000000',
  fee: 1_500_000_000_000_000_000n,
  minLevel: 0,
  policyDigest: bytes32('d'),
  nonce: 3n,
  expiresAt: 1_900_000_000n,
};

export const challenge: OwnerChallenge = {
  owner: owner.address,
  nonce: bytes32('9'),
  datasetId: spec.dataset,
  jobId: bytes32('2'),
  attempt: 1,
  policyDigest: bytes32('d'),
  expiresAt: 1_900_000_000n,
  kem: 0x20,
};

export const delegation: Delegation = {
  owner: owner.address,
  key: enclave.address,
  evidenceId: bytes32('4'),
  logHead: bytes32('6'),
  expiresAt: 1_900_000_000n,
};

export const certificate: Certificate = {
  version: 1,
  job: bytes32('2'),
  attempt: 1,
  dataset: spec.dataset,
  graph: spec.graph,
  spec: digestDocument(spec),
  data: manifest.blob,
  model: bytes32('3'),
  mechanism: 'dp-sgd',
  adjacency: 'add-or-remove-one',
  unit: 'row',
  accountant: 'pld',
  epsilon: 2.5,
  delta: 0.00001,
  steps: 200,
  noiseMultiplier: 1.1,
  samplingRate: 0.05,
  clipNorm: 1,
  ledgerCharge: { rdpLow: `0x${'0'.repeat(62)}ff`, rdpHigh: `0x${'0'.repeat(60)}0100` },
  evidence: { kind: 'software', id: bytes32('4'), level: 0, measurement: bytes32('e') },
  provider: provider.address,
  enclaveKey: enclave.address,
  chain: { id: domain.chainId, jobs: domain.jobs },
  issuedAt: 1_800_000_000,
  warnings: ['Level 0: a software enclave, which proves nothing about the machine.'],
};

export const receipt: Receipt = {
  jobId: certificate.job,
  attempt: 1,
  steps: 200,
  resultDigest: bytes32('5'),
  certificateDigest: digestDocument(certificate),
  rdpLow: 255n,
  rdpHigh: 256n,
};

export const voucher: Voucher = { channelId: bytes32('6'), total: 1_500_000_000_000_000_000n };

export const auditFinding: AuditFinding = {
  jobId: certificate.job,
  attempt: 1,
  resultDigest: bytes32('5'),
  deviationMicro: 12_000n,
  toleranceMicro: 2_000n,
};

export const servedFinding: ServedFinding = {
  jobId: certificate.job,
  resultDigest: bytes32('5'),
  fetchedAt: 1_800_000_000n,
};

export const registration: Registration = {
  provider: provider.address,
  block: 4_200n,
  nonce: bytes32('a'),
  evidenceDigest: bytes32('b'),
};
