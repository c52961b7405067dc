import { describeReason, type EvidenceClaims } from '@encryptech/attestation';
import type { FileVerdict } from './verify-file.ts';

const LEVELS = [
  'proves nothing about hardware',
  'genuine hardware, with reservations',
  'genuine hardware, up to date',
  'genuine hardware, up to date, in a known place, running a build that anybody can repeat',
];
const INTERPOSERS =
  'note: hardware on the memory bus (WireTap, Battering RAM, TEE.fail, 2025) forges evidence that no verifier can tell from this.';

/** What `attest verify` prints for people: each check, the facts, the verdict and why. */
export function verdictText(result: FileVerdict): string {
  if (!result.verified) {
    const { code, message, place, hint, data } = result.error;
    return [
      `WRONG ${String(data['step'] ?? 'evidence')}: ${message}`,
      ...(place === undefined ? [] : [`      at: ${place}`]),
      ...(hint === undefined ? [] : [`      next: ${hint}`]),
      'level 0: the evidence does not verify',
      `REFUSED (${code})`,
    ].join('\n');
  }
  const { claims, verdict, assumed } = result;
  const { tcb } = claims;
  const facts: readonly (readonly [string, string])[] = [
    ['measurement', claims.measurement],
    ['report data', claims.reportData === '0x' ? 'none' : claims.reportData],
    ['debug', claims.debug ? 'YES: the operator can read its memory' : 'no'],
    [
      'TCB',
      tcb.status === 'none'
        ? 'the vendor publishes no status'
        : [tcb.status, ...(tcb.date === undefined ? [] : [`of ${tcb.date.toISOString().slice(0, 10)}`])].join(' '),
    ],
    ...(tcb.advisories.length === 0 ? [] : [['advisories', tcb.advisories.join(', ')] as const]),
    ['revocation', revocationWords(claims.revocation, claims.revocationProblem)],
    ['valid', `${claims.validity.notBefore.toISOString()} to ${claims.validity.notAfter.toISOString()}`],
    ['evidence id', claims.evidenceId],
  ];
  return [
    ...claims.steps.map(({ step, words }) => `${isOpen(step, claims) ? 'open ' : 'ok   '} ${step}: ${words}`),
    ...facts.map(([name, value]) => `      ${name.padEnd(12)} ${value}`),
    `level ${verdict.level}: ${verdict.decision === 'deny' ? 'refused' : LEVELS[verdict.level]!}`,
    ...verdict.reasons.map((reason) => `      ${reason}: ${describeReason(reason)}`),
    ...(claims.anchor === 'vendor' ? [INTERPOSERS] : []),
    `${verdict.decision === 'allow' ? 'ACCEPTED' : 'REFUSED'} under ${
      assumed ? 'the strict policy, with this measurement taken as allowed' : 'the given policy'
    } (${verdict.policyDigest})`,
  ].join('\n');
}

/** The one check that may end without an answer. */
const isOpen = (step: string, { revocation }: EvidenceClaims): boolean =>
  step === 'revocation' && revocation === 'unknown';

function revocationWords(revocation: string, problem: string | undefined): string {
  if (revocation === 'checked') return 'checked: nothing is revoked';
  if (revocation === 'not-applicable') return 'the vendor publishes no list; short certificates stand in for it';
  return `unknown. ${problem ?? ''}`.trim();
}
