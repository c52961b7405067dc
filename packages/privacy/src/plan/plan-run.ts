import { ledgerCharge } from '../ledger/ledger-charge.ts';
import type { PackedCharge } from '../ledger/packed-charge.ts';
import { planMechanism } from './plan-mechanism.ts';
import type { PrivacyPlan } from './privacy-plan.ts';
import type { PrivacyPlanJson } from './privacy-plan-json.ts';
import { RunCore, type RunOptions } from './run-core.ts';

/** What a run has spent: public facts only, nothing that was measured on the data. */
export interface PrivacyReceipt {
  readonly plan: PrivacyPlanJson;
  /** Steps drawn, counting those before a resumption. */
  readonly steps: number;
  readonly epsilon: number;
  readonly delta: number;
  readonly charge: PackedCharge;
}

/** A run under a secret root: the only kind that gives a receipt. */
export class PlanRun extends RunCore {
  readonly kind = 'guaranteed';
  readonly #plan: PrivacyPlan;

  constructor(plan: PrivacyPlan, options: RunOptions) {
    super(plan, options);
    this.#plan = plan;
  }

  /** What the steps drawn so far have spent. */
  receipt(): PrivacyReceipt {
    const steps = this.nextStep;
    const plan = this.#plan;
    return {
      plan: plan.toJSON(),
      steps,
      epsilon: plan.epsilonAfter(steps),
      delta: plan.delta,
      charge: steps === 0 ? { rdpLow: 0n, rdpHigh: 0n } : ledgerCharge(planMechanism(plan, steps)),
    };
  }
}
