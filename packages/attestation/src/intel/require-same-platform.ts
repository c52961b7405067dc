import { equalBytes, toHex } from '@encryptech/base';
import { attestationError } from '../errors.ts';
import type { SgxExtensions } from '../x509/sgx-extensions.ts';
import type { EnclaveIdentity } from './enclave-identity.ts';
import type { TcbInfo } from './tcb-info.ts';

/**
 * Passes TCB info and identity that are about this TEE and this kind of platform (QuoteVerifier.cpp, 4.1.2.4.9, 10 and 14).
 *
 * @throws `attestation.endorsementMismatch`; `data.field` says in what
 */
export function requireSamePlatform(
  tcbInfo: TcbInfo,
  identity: EnclaveIdentity,
  platform: SgxExtensions,
  tee: 'tdx' | 'sgx',
): void {
  const [info, qe] = tee === 'tdx' ? ['TDX', 'TD_QE'] : ['SGX', 'QE'];
  requireSame('tcbInfo.id', tcbInfo.id, info);
  requireSame('enclaveIdentity.id', identity.id, qe);
  for (const field of ['fmspc', 'pceId'] as const) {
    if (!equalBytes(tcbInfo[field], platform[field]))
      requireSame(field, toHex(tcbInfo[field]).slice(2), toHex(platform[field]).slice(2));
  }
}

function requireSame(field: string, document: string, quote: string | undefined): void {
  if (document === quote) return;
  throw attestationError({
    code: 'attestation.endorsementMismatch',
    message: `The vendor's document is about another platform than the quote's: ${field} is ${document}, not ${quote}.`,
    hint: 'Hand in the collateral of this platform.',
    place: field,
    data: { field, document, quote: quote ?? '' },
  });
}
