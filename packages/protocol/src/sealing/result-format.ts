import { utf8 } from '@encryptech/base';

/**
 * A sealed result: version (1 byte), length of the envelope (1 byte), HPKE envelope of a 32-byte key, encrypted file of
 * the CBOR map { certificate: canonical JSON, model: ONNX }. Info and context bind the envelope and the file to the job.
 */
export const RESULT_VERSION = 1;
export const RESULT_INFO = utf8('encryptech/result/v1');
