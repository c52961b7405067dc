export {
  createCoordinatorClient,
  type CoordinatorClient,
  type CoordinatorClientOptions,
  type CoordinatorErrorCode,
} from './create-coordinator-client.ts';
export {
  fetchJob,
  loadJob,
  loadManifest,
  type DocumentSources,
  type JobDocumentErrorCode,
  type JobDocuments,
} from './load-job.ts';
