import { privacyError } from '../errors.ts';
import type { CanaryScores } from './audit-one-run.ts';

/** How well scores tell members from others. */
export interface MembershipMetrics {
  /** The chance that a member scores above another, ties as a half: 0.5 is guessing. */
  readonly auc: number;
  /** The largest share of members above a threshold that at most a `falsePositiveRate` of the others reach. */
  readonly truePositiveRate: number;
  readonly falsePositiveRate: number;
  readonly members: number;
  readonly others: number;
}

/**
 * Area under the ROC curve and the true positive rate at a low false positive rate (Carlini et al. 2022, "Membership
 * Inference Attacks From First Principles"). Figures of this one attack on this one run, no bounds.
 *
 * @throws `privacy.badParameter` when there are no members, no others, or scores that aren't numbers
 */
export function membershipMetrics({
  scores,
  included,
  falsePositiveRate = 0.001,
}: CanaryScores & { readonly falsePositiveRate?: number }): MembershipMetrics {
  const order = Array.from({ length: scores.length }, (_, i) => i).sort((a, b) => scores[b]! - scores[a]!);
  const members = order.filter((i) => included[i]).length;
  const others = order.length - members;
  if (members === 0 || others === 0 || order.some((i) => Number.isNaN(scores[i]))) {
    throw privacyError({
      code: 'privacy.badParameter',
      message: 'Membership needs scores of at least one member and one other.',
      data: { members, others },
    });
  }
  let [above, mistaken, pairs, found] = [0, 0, 0, 0];
  for (let from = 0; from < order.length;) {
    // Equal scores fall on one side of any threshold together.
    let until = from;
    while (until < order.length && scores[order[until]!] === scores[order[from]!]) until++;
    const level = order.slice(from, until);
    const inside = level.filter((i) => included[i]).length;
    const outside = level.length - inside;
    pairs += outside * (above + inside / 2);
    above += inside;
    mistaken += outside;
    if (mistaken <= falsePositiveRate * others) found = above;
    from = until;
  }
  return { auc: pairs / (members * others), truePositiveRate: found / members, falsePositiveRate, members, others };
}
