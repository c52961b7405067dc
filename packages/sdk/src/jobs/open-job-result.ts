import { cidOfDigest, digestOf, type JobId } from '@encryptech/base';
import {
  openResult,
  readBlob,
  verifyCertificateFile,
  type BlobStore,
  type CertificateFile,
  type JobView,
} from '@encryptech/protocol';
import { sdkError } from '../errors.ts';

const MAX_RESULT_BYTES = 1024 * 1024 * 1024;

/** What a developer gets for the money. */
export interface JobResult {
  /** ONNX. */
  model: Uint8Array;
  certificate: CertificateFile;
}

/**
 * The model and the certificate of a delivered job, opened with the key that the order named, and checked against each
 * other and the receipt on chain.
 *
 * @throws `sdk.noResult`, `protocol.blobMissing` `protocol.blobAltered`, `sealing.envelopeRejected` for another key,
 * `protocol.badCertificate`
 */
export async function openJobResult({
  view,
  blobs,
  secretKey,
}: {
  view: JobView;
  blobs: BlobStore;
  secretKey: Uint8Array;
}): Promise<JobResult> {
  if (view.delivery === null) {
    throw sdkError({
      code: 'sdk.noResult',
      message: `The job has no result: its state is ${view.state}.`,
      place: view.jobId,
      hint: view.state === 'Cancelled' ? 'It was cancelled.' : 'Follow it with: encryptech job watch',
      retry: view.state === 'Cancelled' || view.state === 'Faulted' ? 'never' : 'later',
    });
  }
  const { receipt, signature } = view.delivery;
  const bytes = await readBlob(blobs, cidOfDigest(receipt.resultDigest), MAX_RESULT_BYTES);
  const { model, certificate } = await openResult({ secretKey, jobId: view.jobId as JobId, bytes });
  const file: CertificateFile = { certificate, receipt, signature };
  await verifyCertificateFile(file);
  if (digestOf(model) !== certificate.model) {
    throw sdkError({
      code: 'sdk.noResult',
      message: 'The model is not the one that the certificate names.',
      place: view.jobId,
    });
  }
  return { model, certificate: file };
}
