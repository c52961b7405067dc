import { cidOfDigest, errorsOf, type Hex, type JobId } from '@encryptech/base';
import {
  checkOrderAgainstSpec,
  datasetManifestDigest,
  readBlob,
  verifyOrder,
  type BlobStore,
  type DatasetManifest,
  type JobOrder,
  type SigningDomain,
  type TrainingSpec,
} from '@encryptech/protocol';
import type { CoordinatorClient } from './create-coordinator-client.ts';

export type JobDocumentErrorCode =
  /** The coordinator has no order or spec for this job. */
  | 'sdk.jobDocuments'
  /** The coordinator has no manifest for this dataset that has the digest on chain. */
  | 'sdk.manifestMissing';

const documentError = errorsOf<JobDocumentErrorCode>();

/** The largest graph: what `onnx` reads at most. */
const MOST_GRAPH_BYTES = 256 * 1024 * 1024;

/** The public documents of a job, each held against what names it. */
export interface JobDocuments {
  readonly order: JobOrder;
  readonly orderSignature: Hex;
  readonly spec: TrainingSpec;
  readonly graph: Uint8Array;
}

export interface DocumentSources {
  coordinator: Pick<CoordinatorClient, 'getJob' | 'getDatasets'>;
  blobs: BlobStore;
}

/**
 * Order, signature, spec and graph as the coordinator tells them: for who judges documents and keeps the reasons. Only the
 * graph has the digest that this order names.
 *
 * @throws `sdk.jobDocuments`, `protocol.blobMissing`, `protocol.blobAltered`
 */
export async function fetchJob(jobId: JobId, { coordinator, blobs }: DocumentSources): Promise<JobDocuments> {
  const { order, orderSignature, spec } = await coordinator.getJob(jobId);
  if (order === null || orderSignature === null || spec === null) {
    throw missing(`The coordinator has not all documents of job ${jobId}.`, jobId);
  }
  const graph = await readBlob(blobs, cidOfDigest(order.graphDigest), MOST_GRAPH_BYTES);
  return { order, orderSignature, spec, graph };
}

/**
 * Order, signature, spec and graph of a job. Nobody is believed: the order hashes to the job's id and is signed by its
 * developer, spec and graph have the digests that it names.
 *
 * @throws `sdk.jobDocuments`, `protocol.wrongSigner`, `protocol.orderMismatch`, `protocol.blobMissing`, `protocol.blobAltered`
 */
export async function loadJob(jobId: JobId, sources: DocumentSources, domain: SigningDomain): Promise<JobDocuments> {
  const documents = await fetchJob(jobId, sources);
  if ((await verifyOrder(documents.order, documents.orderSignature, domain)) !== jobId) {
    throw missing(`The coordinator gave the order of another job than ${jobId}.`, jobId);
  }
  checkOrderAgainstSpec(documents.order, documents.spec);
  return documents;
}

/**
 * The manifest of a dataset that has the digest which its owner registered.
 *
 * @throws `sdk.manifestMissing`
 */
export async function loadManifest(
  datasetId: Hex,
  manifestDigest: Hex,
  { coordinator }: Pick<DocumentSources, 'coordinator'>,
): Promise<DatasetManifest> {
  const { datasets } = await coordinator.getDatasets();
  const manifest = datasets.find((dataset) => dataset.datasetId === datasetId)?.manifest;
  if (manifest && datasetManifestDigest(manifest) === manifestDigest) return manifest;
  throw documentError({
    code: 'sdk.manifestMissing',
    message: 'The coordinator has no manifest of this dataset that has the registered digest.',
    place: datasetId,
    hint: 'The owner publishes it with a grant: is the owner’s agent running?',
    retry: 'later',
  });
}

const missing = (message: string, place: string) =>
  documentError({ code: 'sdk.jobDocuments', message, place, retry: 'later' });
