import type { Hex } from '@encryptech/base';
import type { TeeKind } from '../evidence.ts';
import type { AppraisalPolicy } from './appraisal-policy.ts';

/**
 * A policy that starts strict: these kinds and these measurements, no advisory, no grace, no switch, documents up to 30 days
 * old (Intel's own term), level 2. For SEV-SNP alone it asks for level 1: level 2 needs a minimum TCB, which only its author
 * can choose since AMD publishes no status, and AMD's revocation list, which few machines send along.
 */
export function strictAppraisalPolicy(kinds: readonly TeeKind[], measurements: readonly Hex[]): AppraisalPolicy {
  return {
    version: 1,
    kinds,
    measurements,
    minLevel: kinds.length > 0 && kinds.every((kind) => kind === 'sev-snp') ? 1 : 2,
    acceptedAdvisories: [],
    tcbGraceSec: 0,
    minEvaluationNumber: 0,
    collateralSoftAgeSec: 2_592_000,
    deniedDevices: [],
    registeredDevices: [],
    reproducibleMeasurements: [],
  };
}
