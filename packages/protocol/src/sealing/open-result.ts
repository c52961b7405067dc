import { decryptFile, openEnvelope } from '@encryptech/sealing';
import { digestOf, fromHex, type Hex } from '@encryptech/base';
import { decode } from 'cborg';
import { parseCertificate, type Certificate } from '../documents/certificate.ts';
import { parseJson } from '../documents/parse-json.ts';
import { protocolError } from '../errors.ts';
import { RESULT_INFO, RESULT_VERSION } from './result-format.ts';

/**
 * The model and certificate in a sealed result, once they agree with the job and each other.
 *
 * @throws `sealing.envelopeRejected` for another key or job, `sealing.altered`, `protocol.unknownVersion`,
 * `protocol.badResult`, `protocol.badDocument`
 */
export async function openResult({
  secretKey,
  jobId,
  bytes,
}: {
  /** The secret half of `JobOrder.resultKey`. */
  secretKey: Uint8Array;
  jobId: Hex;
  bytes: Uint8Array;
}): Promise<{ model: Uint8Array; certificate: Certificate }> {
  const [version, envelopeBytes] = bytes;
  if (version === undefined || envelopeBytes === undefined) throw badResult('it is empty');
  if (version !== RESULT_VERSION) {
    throw protocolError({
      code: 'protocol.unknownVersion',
      message: `A sealed result of version ${version}.`,
      hint: 'Update this side.',
    });
  }
  const job = fromHex(jobId, 32);
  const envelope = bytes.subarray(2, 2 + envelopeBytes);
  const key = await openEnvelope({ secretKey, envelope, info: RESULT_INFO, aad: job });
  const plain = await decryptFile(key, bytes.subarray(2 + envelopeBytes), { context: job });
  key.fill(0);

  const content = contentOf(plain);
  const certificate = parseCertificate(parseJson(content.certificate));
  if (certificate.job !== jobId) throw badResult('its certificate is of another job');
  if (certificate.model !== digestOf(content.model)) throw badResult('its certificate is of another model');
  return { model: content.model, certificate };
}

function contentOf(plain: Uint8Array): { certificate: Uint8Array; model: Uint8Array } {
  let content: { certificate?: unknown; model?: unknown };
  try {
    content = decode(plain, { strict: true, allowIndefinite: false, rejectDuplicateMapKeys: true }) as typeof content;
  } catch (cause) {
    throw badResult('it is not strict CBOR', cause);
  }
  const { certificate, model, ...rest } = content;
  if (!(certificate instanceof Uint8Array) || !(model instanceof Uint8Array) || Object.keys(rest).length > 0) {
    throw badResult('it is not a model and its certificate');
  }
  return { certificate, model };
}

const badResult = (why: string, cause?: unknown) =>
  protocolError({ code: 'protocol.badResult', message: `The sealed result is unusable: ${why}.`, cause });
