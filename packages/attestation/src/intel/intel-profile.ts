import type { TeeKind } from '../evidence.ts';

/** Whose certificates and documents a quote is judged by: Intel's, or a development hierarchy of the same shape. */
export interface IntelProfile {
  readonly kind: Extract<TeeKind, 'tdx' | 'sgx' | 'software'>;
  /** What the quotes are about. */
  readonly tee: 'tdx' | 'sgx';
  readonly anchor: 'vendor' | 'development';
  readonly product: string;
  /** The common names that each certificate must have at its place. */
  readonly names: {
    readonly root: string;
    readonly platformAuthorities: readonly string[];
    readonly pck: string;
    readonly tcbSigner: string;
  };
  /** Whether quotes are judged without TCB info where nobody has any: only where the level is 0 anyway. */
  readonly collateral: 'required' | 'optional';
}

/** Common names in Intel's hierarchy (Intel SGX PCK Certificate and CRL Profile Specification, section 1.3). */
export const INTEL_NAMES: IntelProfile['names'] = {
  root: 'Intel SGX Root CA',
  platformAuthorities: ['Intel SGX PCK Platform CA', 'Intel SGX PCK Processor CA'],
  pck: 'Intel SGX PCK Certificate',
  tcbSigner: 'Intel SGX TCB Signing',
};
