import type { Claims, DevelopmentPki, Evidence, VerificationContext } from '@encryptech/attestation';
// Intel's verifier with its names as a parameter: so a hierarchy of our own can stand for a vendor's, collateral and all.
import { DEVELOPMENT_NAMES } from '../../../packages/attestation/src/software/development-names.ts';
import type { IntelProfile } from '../../../packages/attestation/src/intel/intel-profile.ts';
import { verifyIntelQuote } from '../../../packages/attestation/src/intel/verify-intel-quote.ts';
import { requireBound } from '../../../packages/attestation/src/runtime-data/require-bound.ts';

const PROFILE: IntelProfile = {
  ...{ kind: 'tdx', tee: 'tdx', anchor: 'vendor', product: 'TDX', names: DEVELOPMENT_NAMES, collateral: 'required' },
};

/** Verifies quotes of a hierarchy of our own as Intel's are: the one thing that a test can't have is a machine of the vendor. */
export const verifyAsVendor =
  (pki: DevelopmentPki) =>
  async (evidence: Evidence, context: VerificationContext): Promise<Claims> => {
    const anchors = { vendor: { tdx: [pki.anchor] }, development: [] };
    const claims = await verifyIntelQuote(evidence.body, { ...context, anchors }, PROFILE);
    return { ...claims, runtimeData: requireBound(claims, evidence.runtimeData) };
  };
