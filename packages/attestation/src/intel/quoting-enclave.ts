import { concatBytes, equalBytes } from '@encryptech/base';
import { sha256 } from '@noble/hashes/sha2.js';
import { attestationError } from '../errors.ts';
import { readSgxAttributes } from '../sgx/sgx-attributes.ts';
import type { EnclaveIdentity } from './enclave-identity.ts';
import { littleEndian } from './quote-layout.ts';
import type { Quote } from './read-quote.ts';

type Vouched = Pick<Quote, 'attestationKey' | 'authenticationData' | 'qe'>;

/**
 * Passes when the quoting enclave's report names this attestation key: its data are the SHA-256 of key and authentication
 * data, then zeros (QuoteVerifier.cpp, 4.1.2.4.13; the zeros as Automata's verifier asks for them).
 *
 * @throws `attestation.bindingMismatch`
 */
export function requireAttestationKey({ attestationKey, authenticationData, qe }: Vouched): void {
  const binding = sha256(concatBytes(attestationKey, authenticationData));
  if (!equalBytes(qe.reportData, concatBytes(binding, new Uint8Array(32)))) {
    throw attestationError({
      code: 'attestation.bindingMismatch',
      message: 'The quoting enclave vouches for another attestation key than the quote carries.',
    });
  }
}

/**
 * Passes quoting enclaves whose memory the operator can't read.
 *
 * @throws `attestation.debugQuotingEnclave`
 */
export function requireProductionQuotingEnclave({ qe }: Pick<Quote, 'qe'>): void {
  if (readSgxAttributes(qe.attributes).debug) {
    throw attestationError({
      code: 'attestation.debugQuotingEnclave',
      message: 'The quoting enclave runs in debug mode.',
    });
  }
}

/**
 * Passes the vendor's own quoting enclave: selection, attributes, signer and product as the identity has them
 * (EnclaveReportVerifier.cpp, 4.1.2.9.5 to 8). Its absence was CVE-2026-22696 of another verifier.
 *
 * @throws `attestation.quotingEnclaveMismatch`
 */
export function requireIdentity({ qe }: Pick<Quote, 'qe'>, identity: EnclaveIdentity): void {
  const under = (value: Uint8Array, mask: Uint8Array) => value.map((byte, index) => byte & mask[index]!);
  if (!equalBytes(under(qe.miscSelect, identity.miscSelectMask), identity.miscSelect)) throw mismatch('miscSelect');
  if (!equalBytes(under(qe.attributes, identity.attributesMask), identity.attributes)) throw mismatch('attributes');
  if (!equalBytes(qe.mrSigner, identity.mrSigner)) throw mismatch('mrSigner');
  if (littleEndian(qe.isvProdId) !== identity.isvProdId) throw mismatch('isvProdId');
}

const mismatch = (field: string): Error =>
  attestationError({
    code: 'attestation.quotingEnclaveMismatch',
    message: `The quoting enclave is not the vendor's: its ${field} is another.`,
    place: field,
    data: { field },
  });
