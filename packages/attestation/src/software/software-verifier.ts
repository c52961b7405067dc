import type { IntelProfile } from '../intel/intel-profile.ts';
import { verifyIntelQuote } from '../intel/verify-intel-quote.ts';
import type { Verifier } from '../verifier.ts';
import { DEVELOPMENT_NAMES } from './development-names.ts';

const PROFILE: IntelProfile = {
  kind: 'software',
  tee: 'tdx',
  anchor: 'development',
  product: 'software',
  names: DEVELOPMENT_NAMES,
  // Level 0 with and without: there is nothing that collateral could lift.
  collateral: 'optional',
};

/**
 * Verifies evidence of software enclaves by the very checks that TDX quotes pass, under a pinned development root; with
 * collateral of the development hierarchy where the endorsements hold some. Its claims have `anchor: 'development'`.
 */
export const softwareVerifier: Verifier = {
  kind: 'software',
  verify: ({ body }, context) => verifyIntelQuote(body, context, PROFILE),
};
