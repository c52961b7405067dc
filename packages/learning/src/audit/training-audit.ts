import type { MembershipMetrics, OneRunAudit } from '@encryptech/privacy';

/** How an audit looks for canaries in what a training releases. */
export type Attack =
  /** Made-up examples whose gradients lie apart from all others; the released weights are read along them. */
  | 'gradient'
  /** Real rows, half of them held out; what the released model loses on them is compared. */
  | 'loss';

/** What an audit of one training shows. It is of the rows' owner alone: the figures follow from private rows. */
export interface TrainingAudit extends OneRunAudit {
  readonly attack: Attack;
  /** What the plan promises. */
  readonly claimed: { readonly epsilon: number; readonly delta: number };
  readonly membership: MembershipMetrics;
  /** The most that any attack can reach at the same false positive rate, by the plan. */
  readonly mostTruePositives: number;
  /** `refuted`: the run tells more than its plan allows, with the audit's confidence. `consistent`: this attack found no sign of it. */
  readonly verdict: 'consistent' | 'refuted';
}
