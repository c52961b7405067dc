import {
  appraise,
  verifyEvidence,
  type AppraisalPolicy,
  type AttestationResult,
  type Claims,
  type ReasonCode,
} from '../src/index.ts';
import { challenge, context, evidence, now, policy } from './fixture.ts';

/** Claims of the software enclave's evidence. */
export const software: Claims = await verifyEvidence(evidence, context);
const { insecureAllowDevelopment: _, ...withoutSwitch } = policy;
export { withoutSwitch };
export const DAY_MS = 86_400_000;

/** Claims of good hardware at level 3 … */
export const tdx: Claims = {
  ...software,
  kind: 'tdx',
  anchor: 'vendor',
  product: 'TDX',
  tcb: { status: 'UpToDate', advisories: [], evaluationNumber: 18 },
  revocation: 'checked',
  collateralIssuedAt: new Date(now.getTime() - DAY_MS),
};

/** … and the policy under which they are. */
export const strict: AppraisalPolicy = {
  ...withoutSwitch,
  kinds: ['tdx', 'sgx', 'sev-snp', 'nitro'],
  minLevel: 1,
  registeredDevices: [software.deviceIdHash!],
  reproducibleMeasurements: [software.measurement],
};

type Verdict = Pick<AttestationResult, 'decision' | 'level' | 'reasons'>;

/** The verdict on the good claims with changes, under the strict policy with changes. */
export function verdict(claims: Partial<Claims>, change: Partial<AppraisalPolicy> = {}): Verdict {
  const { decision, level, reasons } = appraise({ ...tdx, ...claims }, { ...strict, ...change }, challenge, now);
  return { decision, level, reasons };
}

export const deny = (...reasons: ReasonCode[]): Verdict => ({ decision: 'deny', level: 0, reasons });
