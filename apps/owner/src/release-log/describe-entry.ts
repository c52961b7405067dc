import { describeReason, type ReasonCode } from '@encryptech/attestation';
import { DENIALS } from '../judgement/denial.ts';
import type { LogEntry } from './log-entry.ts';

/** An entry of the release log in plain words, one sentence a reason. */
export function describeEntry({ time, dataset, job, attempt, decision, reasons }: LogEntry): string[] {
  const when = new Date(time * 1000).toISOString().replace('.000Z', 'Z');
  const what = `attempt ${attempt} of job ${job.slice(0, 10)}… on dataset ${dataset.slice(0, 10)}…`;
  if (decision === 'delegate' || decision === 'take-back') {
    const whom = `delegate ${job.slice(0, 10)}…`;
    const on = `dataset ${dataset.slice(0, 10)}…`;
    if (decision === 'delegate') return [`${when}  releases of ${on} handed to ${whom}`];
    const lost = reasons.length === 0 ? '' : ': its log could not be had';
    return [`${when}  releases of ${on} taken back from ${whom}${lost}`];
  }
  if (decision === 'allow') return [`${when}  keys released for ${what}`];
  return [`${when}  keys refused for ${what}`, ...reasons.map((code) => `    ${sentenceOf(code)} (${code})`)];
}

/** Codes of older versions are named as they are. */
function sentenceOf(code: string): string {
  if (Object.hasOwn(DENIALS, code)) return DENIALS[code as keyof typeof DENIALS];
  const reason = code.startsWith('evidence:') ? code.slice('evidence:'.length) : '';
  try {
    return describeReason(reason as ReasonCode) ?? 'A reason that this version does not know.';
  } catch {
    return 'A reason that this version does not know.';
  }
}
