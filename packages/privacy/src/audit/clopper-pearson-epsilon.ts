import { checkDeltaOrZero } from '../check-mechanism.ts';
import { checkAttackCounts, type AttackCounts } from './attack-counts.ts';
import { clopperPearsonLower, clopperPearsonUpper } from './clopper-pearson.ts';
import { checkSignificance } from './guesses.ts';

/**
 * An epsilon that the mechanism exceeds at `delta`, with confidence 1 − `significance`, from a membership test over many
 * *independent* runs, one record each: ln of (true positive rate − delta) over the false positive rate, and the same of
 * negatives, the larger; each of the four rates at its worst by Clopper and Pearson. 0 when nothing is shown.
 *
 * Source: Jagielski, Ullman, Oprea 2020, "Auditing Differentially Private Machine Learning", arXiv 2006.07709.
 *
 * @throws `privacy.badParameter`
 */
export function clopperPearsonEpsilon({
  delta,
  significance,
  ...counts
}: AttackCounts & { readonly delta: number; readonly significance: number }): number {
  checkAttackCounts(counts);
  checkDeltaOrZero(delta);
  checkSignificance(significance);
  const { truePositives, falseNegatives, falsePositives, trueNegatives } = counts;
  const members = truePositives + falseNegatives;
  const others = falsePositives + trueNegatives;
  // Four limits, each allowed a quarter.
  const share = significance / 4;
  const ratio = (found: number, of: number, mistaken: number, among: number) =>
    (clopperPearsonLower(found, of, share) - delta) / clopperPearsonUpper(mistaken, among, share);
  return Math.max(
    0,
    Math.log(Math.max(1, ratio(truePositives, members, falsePositives, others))),
    Math.log(Math.max(1, ratio(trueNegatives, others, falseNegatives, members))),
  );
}
