import { errorsOf } from '@encryptech/base';

/** Every code that this package throws. */
export type ProtocolErrorCode =
  /** A JSON document breaks its schema; `place` is the path of the first fault. */
  | 'protocol.badDocument'
  /** Text is not JSON. */
  | 'protocol.badJson'
  /** A CBOR message is malformed, or its body breaks the schema of its type. */
  | 'protocol.badMessage'
  /** A message names a type that this end doesn't speak. */
  | 'protocol.unknownType'
  /** A message is of another version of the protocol. */
  | 'protocol.unknownVersion'
  /** A document, message or frame is over its cap. */
  | 'protocol.tooLarge'
  /** A pipe ended inside a frame, an answer inside its body. */
  | 'protocol.truncated'
  /** The other end of a pipe is gone. */
  | 'protocol.closed'
  /** Bytes that can't be a signature: wrong length, high s, bad recovery id. */
  | 'protocol.badSignature'
  /** A well-formed signature of somebody else, or over something else. */
  | 'protocol.wrongSigner'
  /** A challenge asks for a KEM that keys are not sealed by here. */
  | 'protocol.unknownKem'
  /** An order does not say what its training spec says. */
  | 'protocol.orderMismatch'
  /** A certificate file contradicts itself or its signature. */
  | 'protocol.badCertificate'
  /** A sealed result holds something other than a model and its certificate. */
  | 'protocol.badResult'
  /** No such blob. */
  | 'protocol.blobMissing'
  /** The bytes don't have the digest that names them. */
  | 'protocol.blobAltered'
  /** A blob is over the store's cap. */
  | 'protocol.blobTooLarge'
  /** A remote store did not answer in time. */
  | 'protocol.timeout'
  /** A remote store can't be reached. */
  | 'protocol.unreachable'
  /** A remote store refused; `data.status` holds the HTTP status. */
  | 'protocol.refused';

export const protocolError = errorsOf<ProtocolErrorCode>();
