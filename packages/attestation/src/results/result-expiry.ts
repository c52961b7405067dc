import type { SecurityLevel } from '../policy/appraisal-policy.ts';

const HOUR_MS = 3_600_000;
/** How long a recorded result of each level may stand, in hours: the better the evidence, the rarer it is asked for. */
const HOURS: Readonly<Record<SecurityLevel, number>> = { 0: 24, 1: 24, 2: 72, 3: 168 };

/**
 * The last second at which a recorded result counts: the end of what the evidence rests on, or the level's own limit (a day
 * to a week), whichever comes first. Evidence that has ended gives its issue.
 */
export function resultExpiry(level: SecurityLevel, evidenceEnds: Date, issuedAt: Date): Date {
  const most = issuedAt.getTime() + HOURS[level] * HOUR_MS;
  const end = Math.min(most, evidenceEnds.getTime());
  return new Date(Math.floor(Math.max(end, issuedAt.getTime()) / 1_000) * 1_000);
}
