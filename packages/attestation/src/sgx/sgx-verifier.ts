import { INTEL_NAMES, type IntelProfile } from '../intel/intel-profile.ts';
import { verifyIntelQuote } from '../intel/verify-intel-quote.ts';
import type { Verifier } from '../verifier.ts';

const PROFILE: IntelProfile = {
  kind: 'sgx',
  tee: 'sgx',
  anchor: 'vendor',
  product: 'SGX',
  names: INTEL_NAMES,
  collateral: 'required',
};

/** Verifies quotes of Intel SGX enclaves, versions 3 to 5, with the collateral that the endorsements hold. */
export const sgxVerifier: Verifier = {
  kind: 'sgx',
  verify: ({ body }, context) => verifyIntelQuote(body, context, PROFILE),
};
