import { fromHex, isEncryptechError, utf8 } from '@encryptech/base';
import { attestationError } from '../errors.ts';
import { requireSize } from '../require-size.ts';
import { readCertificate, type Certificate } from '../x509/certificate.ts';
import { readPemBlocks } from '../x509/pem-blocks.ts';
import { readRevocationList, type RevocationList } from '../x509/revocation-list.ts';

const MAX_BYTES = 262_144;

/** A vendor's document of a known type. Sorting trusts nothing: what a document says here only helps to find it. */
export type SortedDocument =
  | { readonly type: 'certificate'; readonly bytes: Uint8Array; readonly certificate: Certificate }
  | { readonly type: 'revocation-list'; readonly bytes: Uint8Array; readonly list: RevocationList }
  | { readonly type: 'issuer-chain'; readonly bytes: Uint8Array; readonly subject?: 'tcb-info' | 'enclave-identity' }
  | {
      readonly type: 'tcb-info' | 'enclave-identity';
      readonly bytes: Uint8Array;
      /** `TDX`, `SGX`, `QE`, `TD_QE`. */
      readonly id: string;
      /** Of TCB info: 12 lower-case hex digits. */
      readonly fmspc: string;
      readonly issuedAt: Date;
      readonly endsAt: Date;
    };

/**
 * The documents in a file: an Intel PCS body in JSON, a bundle of them with chains and lists (one JSON object with
 * `tcb_info`, `qe_identity`, `pck_crl` …), certificates or revocation lists in PEM, DER, or hex of DER.
 *
 * @throws `attestation.badEndorsement`, `attestation.badCertificate`, `attestation.badRevocationList`,
 * `attestation.tooLarge`
 */
export function sortDocument(bytes: Uint8Array): SortedDocument[] {
  requireSize(bytes, MAX_BYTES, 'endorsement');
  if (bytes[0] === 0x30 && bytes[1]! >= 0x80) return [der(bytes)];
  const text = new TextDecoder().decode(bytes);
  if (/^\s*\{/.test(text)) return json(text);
  if (text.includes('-----BEGIN ')) return pem(text);
  const hex = text.replace(/\s/g, '').replace(/^0x/, '');
  if (hex.length >= 64 && hex.length % 2 === 0 && /^[0-9a-fA-F]*$/.test(hex)) return [der(fromHex(hex))];
  throw bad('is neither JSON, PEM nor DER');
}

function der(bytes: Uint8Array): SortedDocument {
  try {
    return { type: 'revocation-list', bytes, list: readRevocationList(bytes) };
  } catch (error) {
    if (!isEncryptechError(error, 'attestation.badRevocationList')) throw error;
    const certificate = readCertificate(bytes, ['p256', 'p384', 'rsa-pss']);
    return { type: 'certificate', bytes, certificate };
  }
}

function pem(text: string): SortedDocument[] {
  const blocks = readPemBlocks(text).map(({ bytes }) => der(bytes));
  const isChain = blocks.length > 1 && blocks.every(({ type }) => type === 'certificate');
  return isChain ? [...blocks, { type: 'issuer-chain', bytes: utf8(text) }] : blocks;
}

function json(text: string): SortedDocument[] {
  const value = parse(text);
  if ('tcbInfo' in value) return [statement('tcb-info', value['tcbInfo'], text)];
  if ('enclaveIdentity' in value) return [statement('enclave-identity', value['enclaveIdentity'], text)];
  const member = (name: string): string | undefined => {
    const found = value[name];
    return typeof found === 'string' && found !== '' ? found : undefined;
  };
  const documents: SortedDocument[] = [];
  const [tcbInfo, identity] = [member('tcb_info'), member('qe_identity')];
  if (tcbInfo !== undefined)
    documents.push(
      statement('tcb-info', parse(tcbInfo), signed('tcbInfo', tcbInfo, member('tcb_info_signature') ?? '')),
    );
  if (identity !== undefined)
    documents.push(
      statement(
        'enclave-identity',
        parse(identity),
        signed('enclaveIdentity', identity, member('qe_identity_signature') ?? ''),
      ),
    );
  for (const name of ['root_ca_crl', 'pck_crl']) {
    const list = member(name);
    if (list !== undefined) documents.push(...sortDocument(utf8(list)));
  }
  const chains = [
    ['tcb_info_issuer_chain', 'tcb-info'],
    ['qe_identity_issuer_chain', 'enclave-identity'],
  ] as const;
  for (const [name, subject] of chains) {
    const chain = member(name);
    if (chain !== undefined) documents.push({ type: 'issuer-chain', bytes: utf8(chain), subject });
  }
  if (documents.length === 0) throw bad('is JSON that is no document of Intel’s PCS');
  return documents;
}

/** The body as Intel's PCS gives it; the inner text stays as it was, since the signature covers its exact bytes. */
const signed = (name: string, inner: string, signature: string): string =>
  `{"${name}":${inner.trim()},"signature":${JSON.stringify(signature)}}`;

function statement(type: 'tcb-info' | 'enclave-identity', inner: unknown, text: string): SortedDocument {
  const fields = inner as Readonly<Record<string, unknown>> | null | undefined;
  const field = (name: string) => {
    const found = fields?.[name];
    return typeof found === 'string' ? found : '';
  };
  return {
    type,
    bytes: utf8(text),
    id: field('id'),
    fmspc: field('fmspc').toLowerCase(),
    issuedAt: new Date(field('issueDate')),
    endsAt: new Date(field('nextUpdate')),
  };
}

function parse(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // Falls through to the one error below.
  }
  throw bad('is not JSON that can be read');
}

const bad = (message: string): Error =>
  attestationError({
    code: 'attestation.badEndorsement',
    message: `An endorsement ${message}.`,
    hint: 'Give PCS bodies in JSON, certificates and revocation lists in PEM or DER.',
  });
