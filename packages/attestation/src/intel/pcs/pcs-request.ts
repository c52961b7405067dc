import type { EndorsementQuery } from '../../verifier.ts';

/** Where one of Intel's documents is, and which header of the answer has its signing chain. */
export interface PcsRequest {
  readonly url: string;
  readonly chainHeaders: readonly string[];
}

/** Addresses of a provisioning certification service: Intel's own, or a caching one with the same paths. */
export interface PcsAddresses {
  readonly service: string;
  readonly rootRevocations: string;
}

export const INTEL_PCS: PcsAddresses = {
  service: 'https://api.trustedservices.intel.com',
  rootRevocations: 'https://certificates.trustedservices.intel.com/IntelSGXRootCA.der',
};

/**
 * The request for an endorsement (Intel SGX and TDX Provisioning Certification Service API, version 4); undefined for what the
 * service doesn't have. Issuer chains have no address of their own: they come in headers of other answers.
 */
export function pcsRequest({ kind, type, subject }: EndorsementQuery, addresses: PcsAddresses): PcsRequest | undefined {
  if (kind !== 'tdx' && kind !== 'sgx') return undefined;
  const service = addresses.service.replace(/\/+$/, '');
  switch (type) {
    case 'tcb-info':
      if (!/^[0-9a-f]{12}$/.test(subject)) return undefined;
      return {
        url: `${service}/${kind}/certification/v4/tcb?fmspc=${subject}`,
        chainHeaders: ['tcb-info-issuer-chain', 'sgx-tcb-info-issuer-chain'],
      };
    case 'enclave-identity':
      if (subject !== (kind === 'tdx' ? 'TD_QE' : 'QE')) return undefined;
      return {
        url: `${service}/${kind}/certification/v4/qe/identity`,
        chainHeaders: ['sgx-enclave-identity-issuer-chain'],
      };
    case 'revocation-list': {
      if (subject === 'Intel SGX Root CA') return { url: addresses.rootRevocations, chainHeaders: [] };
      const ca = /^Intel SGX PCK (Platform|Processor) CA$/.exec(subject)?.[1]?.toLowerCase();
      if (ca === undefined) return undefined;
      return { url: `${service}/sgx/certification/v4/pckcrl?ca=${ca}&encoding=der`, chainHeaders: [] };
    }
    case 'issuer-chain':
    case 'certificate':
      return undefined;
  }
}
