import {
  auditOneRun,
  membershipMetrics,
  mostTruePositives,
  runTradeOff,
  type CanaryScores,
  type PrivacyPlan,
} from '@encryptech/privacy';
import type { Attack, TrainingAudit } from './training-audit.ts';

/** The audit's findings from the canaries' scores: bounds, what the plan allows, and whether the two agree. */
export function judgeCanaries(
  plan: PrivacyPlan,
  attack: Attack,
  canaries: CanaryScores,
  significance: number,
): TrainingAudit {
  const { epsilon, delta, mechanism } = plan;
  const audit = auditOneRun({ ...canaries, promised: runTradeOff(mechanism), delta, significance });
  const membership = membershipMetrics(canaries);
  return {
    ...audit,
    attack,
    claimed: { epsilon, delta },
    membership,
    mostTruePositives: mostTruePositives({ ...mechanism, falsePositiveRate: membership.falsePositiveRate }),
    verdict: audit.isRefuted || audit.epsilon > epsilon ? 'refuted' : 'consistent',
  };
}
