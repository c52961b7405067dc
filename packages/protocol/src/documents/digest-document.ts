import { canonicalJson, digestOf, utf8, type Json, type Sha256 } from '@encryptech/base';

/** The canonical UTF-8 bytes of a JSON document (RFC 8785): what is stored, sent and hashed. */
export const documentBytes = (document: object): Uint8Array => utf8(canonicalJson(document as Json));

/** The SHA-256 digest of a document's canonical text: what contracts and receipts hold. */
export const digestDocument = (document: object): Sha256 => digestOf(documentBytes(document));
