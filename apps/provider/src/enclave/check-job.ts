import {
  datasetAdjacency,
  datasetIdOf,
  checkOrderAgainstSpec,
  datasetManifestDigest,
  verifyOrder,
  type SigningDomain,
} from '@encryptech/protocol';
import { digestOf, type DatasetId, type JobId, type Sha256 } from '@encryptech/base';
import { parseSchema, type DatasetSchema } from '@encryptech/learning';
import { createPlan, unpackLanes, type PackedCharge } from '@encryptech/privacy';
import { jobWork } from '@encryptech/sdk/work';
import { isAddressEqual } from 'viem/utils';
import type { StartBody } from './enclave-pipe.ts';
import { enclaveError } from './errors.ts';
import type { JobFiles } from './job-files.ts';

/** A job whose documents have been held against each other. */
export interface CheckedJob {
  readonly jobId: JobId;
  readonly datasetId: DatasetId;
  readonly manifestDigest: Sha256;
  readonly domain: SigningDomain;
  readonly graph: Uint8Array;
  readonly schema: DatasetSchema;
  /** Names that the public schema gives: the only ones that a failure may repeat. */
  readonly columns: readonly string[];
  /** What the plan costs the dataset's ledger: at most what the order reserves. */
  readonly charge: PackedCharge;
  readonly resume: { readonly step: number; readonly sealed: Uint8Array } | undefined;
}

/**
 * The job, once order, signature, graph, spec, manifest, encrypted data and checkpoint are all about the same thing. The
 * enclave believes nobody: whatever the provider hands in is held against what the developer signed.
 *
 * @throws `protocol.wrongSigner`, `protocol.orderMismatch`, `enclave.*`, `onnx.*`, `privacy.*`, `learning.badSchema`
 */
export async function checkJob(start: StartBody, files: JobFiles): Promise<CheckedJob> {
  const { order, orderSignature, spec, manifest } = start;
  const domain = { chainId: start.chain.id, jobs: start.chain.jobs };
  const jobId = await verifyOrder(order, orderSignature, domain);
  checkOrderAgainstSpec(order, spec);
  const schema = checkDataset(start);
  const graph = await files.read(start.graph);
  if (digestOf(graph) !== order.graphDigest) {
    throw enclaveError({ code: 'enclave.graphDigest', message: 'The graph is not the one that the order names.' });
  }
  checkUnits(start, graph);
  const charge = checkCharge(start);
  const resume = await checkResume(start, jobId, files);
  await checkData(start, files);
  return {
    jobId,
    datasetId: order.datasetId as DatasetId,
    manifestDigest: datasetManifestDigest(manifest),
    domain,
    graph,
    schema,
    columns: [...schema.columns.map((column) => column.name), ...(schema.unit === undefined ? [] : [schema.unit])],
    charge,
    resume,
  };
}

/** The dataset's id is a digest of its owner and its encrypted file, so nobody can name another owner. */
function checkDataset({ order, owner, manifest, spec }: StartBody): DatasetSchema {
  if (!isAddressEqual(owner, manifest.owner) || datasetIdOf(owner, manifest.blob) !== order.datasetId) {
    throw enclaveError({
      code: 'enclave.wrongDataset',
      message: 'Owner, manifest and order are not about the same dataset.',
    });
  }
  if (spec.privacy.unit !== manifest.unit) {
    throw enclaveError({
      code: 'enclave.unitMismatch',
      message: `The plan protects a ${spec.privacy.unit}, the dataset asks for a ${manifest.unit}.`,
    });
  }
  const adjacency = datasetAdjacency(manifest);
  if (spec.privacy.adjacency !== adjacency) {
    throw enclaveError({
      code: 'enclave.adjacencyMismatch',
      message: `The plan is priced under ${spec.privacy.adjacency}, the dataset's budget counts ${adjacency}.`,
    });
  }
  // Division by the expected batch scales the proven bound on rounding, so it must be the public one.
  const publicBatch = spec.privacy.samplingRate * manifest.nominalRows;
  if (Math.abs(spec.expectedBatch - publicBatch) > 1e-6 * publicBatch) {
    throw enclaveError({
      code: 'enclave.batchMismatch',
      message: `The spec expects ${spec.expectedBatch} examples a step; its sampling rate and the declared size give ${publicBatch}.`,
    });
  }
  return parseSchema(manifest.schema);
}

/** The graph can be trained privately, and what was priced is what it needs. */
function checkUnits({ order, spec }: StartBody, graph: Uint8Array): void {
  const { units } = jobWork(graph, spec);
  if (units === order.units) return;
  throw enclaveError({
    code: 'enclave.unitsMismatch',
    message: `The order declares ${order.units} micro-units of work; its graph and spec give ${units}.`,
    hint: 'Make the order from a fresh quote.',
  });
}

function checkCharge({ order, spec }: StartBody): PackedCharge {
  const { charge } = createPlan(spec.privacy);
  const reserved = unpackLanes(order);
  if (unpackLanes(charge).every((lane, i) => lane <= reserved[i]!)) return charge;
  throw enclaveError({
    code: 'enclave.chargeTooLarge',
    message: 'The loss of the plan is above what the order reserves.',
  });
}

async function checkResume({ resume, order }: StartBody, jobId: JobId, files: JobFiles): Promise<CheckedJob['resume']> {
  if (resume === null) return undefined;
  const { checkpoint } = resume;
  const sealed = await files.read(resume.sealed);
  if (checkpoint.jobId === jobId && checkpoint.step < order.steps && digestOf(sealed) === checkpoint.digest) {
    return { step: checkpoint.step, sealed };
  }
  throw enclaveError({ code: 'enclave.foreignCheckpoint', message: 'The checkpoint is not one of this job.' });
}

async function checkData({ data, manifest }: StartBody, files: JobFiles): Promise<void> {
  const { digest, size } = await files.digest(data);
  if (digest === manifest.blob && size === manifest.bytes) return;
  throw enclaveError({
    code: 'enclave.dataDigest',
    message: 'The encrypted data file is not the one that the dataset is registered with.',
    hint: 'Fetch it again.',
  });
}
