import type { EvidenceClaims, SnpTcb } from '../claims.ts';
import type { AppraisalPolicy, SecurityLevel } from '../policy/appraisal-policy.ts';
import type { ReasonCode } from './reasons.ts';

/**
 * The level of claims that nothing speaks against, and why it isn't higher. From the bottom up: a level needs everything
 * that the ones below it need. The anchor comes first: no claim and no policy lifts a development root above 0.
 */
export function securityLevel(
  claims: EvidenceClaims,
  policy: AppraisalPolicy,
  now: Date,
): { level: SecurityLevel; limits: ReasonCode[] } {
  if (claims.anchor === 'development') return { level: 0, limits: ['development-anchor'] };
  if (claims.anchor !== 'vendor' || claims.kind === 'software') return { level: 0, limits: ['unknown-anchor'] };
  const toTwo = limitsOfLevelTwo(claims, policy, now);
  if (toTwo.length > 0) return { level: 1, limits: toTwo };
  const toThree: ReasonCode[] = [];
  if (!isPlaceProven(claims, policy)) toThree.push('place-not-proven');
  if (!policy.reproducibleMeasurements.includes(claims.measurement)) toThree.push('build-not-reproducible');
  return toThree.length > 0 ? { level: 2, limits: toThree } : { level: 3, limits: [] };
}

function limitsOfLevelTwo(claims: EvidenceClaims, policy: AppraisalPolicy, now: Date): ReasonCode[] {
  const { kind, flags, product, collateralIssuedAt } = claims;
  const limits: ReasonCode[] = [];
  const tcb = tcbLimit(claims, policy);
  if (tcb !== undefined) limits.push(tcb);
  if (claims.revocation !== 'checked' && claims.revocation !== 'not-applicable') limits.push('revocation-unknown');
  if (kind === 'tdx' || kind === 'sgx' || collateralIssuedAt !== undefined) {
    const ageMs = now.getTime() - (collateralIssuedAt ?? new Date(Number.NaN)).getTime();
    // Written so that a date that is missing or invalid counts as stale.
    if (!(ageMs <= policy.collateralSoftAgeSec * 1_000)) limits.push('collateral-stale');
  }
  if (kind === 'sev-snp') {
    if (flags['vlek'] !== false) limits.push('vlek');
    if (product === 'Milan') limits.push('snp-milan');
    if (flags['reportV2'] !== false) limits.push('snp-report-v2');
    if (flags['aliasCheckComplete'] !== true) limits.push('snp-alias-check');
    const minimum = minimumLimit(claims, policy);
    if (minimum !== undefined) limits.push(minimum);
  }
  return limits;
}

/** Nitro enclaves run in AWS's own buildings, which its root says; other machines must stand in a registry. */
const isPlaceProven = ({ kind, deviceIdHash }: EvidenceClaims, policy: AppraisalPolicy): boolean =>
  kind === 'nitro' || (deviceIdHash !== undefined && policy.registeredDevices.includes(deviceIdHash));

/** Every part of every TCB that a report names has to reach the minimum; parts are never compared as one number. */
function minimumLimit({ product, snp }: EvidenceClaims, policy: AppraisalPolicy): ReasonCode | undefined {
  const minimum = new Map(Object.entries(policy.snpMinimumTcb ?? {})).get(product);
  if (minimum === undefined) return 'snp-minimum-unset';
  const reaches = (tcb: SnpTcb | undefined): boolean =>
    tcb !== undefined &&
    (Object.entries(minimum) as [keyof SnpTcb, number][]).every(([part, least]) => (tcb[part] ?? -1) >= least);
  const all = [snp?.reportedTcb, snp?.committedTcb, snp?.currentTcb, snp?.launchTcb];
  return all.every(reaches) ? undefined : 'snp-below-minimum';
}

function tcbLimit({ tcb }: EvidenceClaims, policy: AppraisalPolicy): ReasonCode | undefined {
  switch (tcb.status) {
    case 'UpToDate':
    case 'none':
      return undefined;
    case 'SWHardeningNeeded':
      return tcb.advisories.length > 0 && tcb.advisories.every((name) => policy.acceptedAdvisories.includes(name))
        ? undefined
        : 'advisories-not-accepted';
    case 'ConfigurationNeeded':
    case 'ConfigurationAndSWHardeningNeeded':
      return 'tcb-configuration-needed';
    case 'TDRelaunchAdvised':
    case 'TDRelaunchAdvisedConfigurationNeeded':
      return 'tcb-relaunch-advised';
    case 'OutOfDate':
    case 'OutOfDateConfigurationNeeded':
    // The last two are refused before a level is asked for.
    case 'Revoked':
    case 'NotSupported':
      return 'tcb-in-grace';
  }
}
