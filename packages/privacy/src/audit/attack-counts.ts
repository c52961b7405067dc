import { privacyError } from '../errors.ts';

/** How often a membership test settled beforehand was right, on members and others that are independent of each other. */
export interface AttackCounts {
  /** Members that the test found. */
  readonly truePositives: number;
  /** Members that it missed. */
  readonly falseNegatives: number;
  /** Others that it took for members. */
  readonly falsePositives: number;
  readonly trueNegatives: number;
}

/** Throws `privacy.badParameter` unless all are whole numbers and there are members and others. */
export function checkAttackCounts(counts: AttackCounts): void {
  const { truePositives, falseNegatives, falsePositives, trueNegatives } = counts;
  const all = [truePositives, falseNegatives, falsePositives, trueNegatives];
  const members = truePositives + falseNegatives;
  const others = falsePositives + trueNegatives;
  if (all.every((value) => Number.isSafeInteger(value) && value >= 0) && members > 0 && others > 0) return;
  throw privacyError({
    code: 'privacy.badParameter',
    message: 'Counts of an attack are whole numbers, with at least one member and one other.',
    data: { ...counts },
  });
}
