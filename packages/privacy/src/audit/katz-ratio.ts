import { normalQuantile } from '../numeric/normal-quantile.ts';
import { checkAttackCounts, type AttackCounts } from './attack-counts.ts';
import { checkSignificance } from './guesses.ts';

/**
 * About the least ratio of true to false positive rate that the counts leave possible, with confidence 1 −
 * `significance`: exp(ln(ratio) − z·√(1/tp − 1/members + 1/fp − 1/others)). Its confidence holds for large counts only; 0
 * when there is no true positive or no false one. For a promise use {@link clopperPearsonEpsilon}.
 *
 * Source: Katz, Baptista, Azen, Pike 1978, "Obtaining Confidence Intervals for the Risk Ratio in Cohort Studies", method C.
 *
 * @throws `privacy.badParameter`
 */
export function katzRatio({ significance, ...counts }: AttackCounts & { readonly significance: number }): number {
  checkAttackCounts(counts);
  checkSignificance(significance);
  const { truePositives, falseNegatives, falsePositives, trueNegatives } = counts;
  if (truePositives === 0 || falsePositives === 0) return 0;
  const members = truePositives + falseNegatives;
  const others = falsePositives + trueNegatives;
  const deviation = Math.sqrt(1 / truePositives - 1 / members + 1 / falsePositives - 1 / others);
  const ratio = ((truePositives / members) * others) / falsePositives;
  return ratio * Math.exp(normalQuantile(significance) * deviation);
}
