import { encryptFile, sealEnvelope } from '@encryptech/sealing';
import { concatBytes, digestOf, fromHex, type Hex } from '@encryptech/base';
import { encode } from 'cborg';
import type { Certificate } from '../documents/certificate.ts';
import { documentBytes } from '../documents/digest-document.ts';
import { protocolError } from '../errors.ts';
import { RESULT_INFO, RESULT_VERSION } from './result-format.ts';

/**
 * A model and its certificate, sealed to the developer: a fresh key in an envelope, then the file under that key, both
 * bound to the job. Its digest is `Receipt.resultDigest`.
 *
 * @throws `sealing.badKey`; `protocol.badResult` when the certificate is of another job or model
 */
export async function sealResult({
  recipient,
  jobId,
  model,
  certificate,
}: {
  /** `JobOrder.resultKey`: an X25519 public key. */
  recipient: Uint8Array;
  jobId: Hex;
  /** The trained ONNX file. */
  model: Uint8Array;
  certificate: Certificate;
}): Promise<Uint8Array> {
  if (certificate.job !== jobId || certificate.model !== digestOf(model)) {
    throw protocolError({ code: 'protocol.badResult', message: 'The certificate is of another job or model.' });
  }
  const job = fromHex(jobId, 32);
  const key = globalThis.crypto.getRandomValues(new Uint8Array(32));
  const envelope = await sealEnvelope({ recipient, plaintext: key, info: RESULT_INFO, aad: job });
  const plain = encode({ certificate: documentBytes(certificate), model });
  const file = await encryptFile(key, plain, { context: job });
  key.fill(0);
  return concatBytes(Uint8Array.of(RESULT_VERSION, envelope.length), envelope, file);
}
