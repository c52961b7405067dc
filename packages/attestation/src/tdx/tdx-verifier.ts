import { INTEL_NAMES, type IntelProfile } from '../intel/intel-profile.ts';
import { verifyIntelQuote } from '../intel/verify-intel-quote.ts';
import type { Verifier } from '../verifier.ts';

const PROFILE: IntelProfile = {
  kind: 'tdx',
  tee: 'tdx',
  anchor: 'vendor',
  product: 'TDX',
  names: INTEL_NAMES,
  collateral: 'required',
};

/** Verifies quotes of Intel TDX, versions 4 and 5 (TD 1.0 and 1.5), with the collateral that the endorsements hold. */
export const tdxVerifier: Verifier = {
  kind: 'tdx',
  verify: ({ body }, context) => verifyIntelQuote(body, context, PROFILE),
};
