import type { Adjacency } from '../adjacency.ts';
import type { Correlation } from '../correlated/correlation.ts';
import type { Accountant } from '../epsilon/accountant.ts';
import { epsilonOf } from '../epsilon/epsilon-of.ts';
import { ledgerCharge } from '../ledger/ledger-charge.ts';
import type { PackedCharge } from '../ledger/packed-charge.ts';
import type { SampledGaussian } from '../mechanism.ts';
import type { ClippingRule } from './clipping.ts';
import { describePlan } from './describe-plan.ts';
import { InsecurePlanRun } from './insecure-plan-run.ts';
import { planMechanism } from './plan-mechanism.ts';
import { PlanRun } from './plan-run.ts';
import type { PrivacyPlanJson } from './privacy-plan-json.ts';
import type { RunOptions } from './run-core.ts';

/** Epsilon on the way is computed at so many points and rounded up to the next. */
const MILESTONES = 32;

/**
 * Sampler, clip, noise and accounting of a training as one immutable thing: a batch can only be drawn through it, and
 * drawing is what is accounted. Made by `createPlan`.
 */
export class PrivacyPlan implements PrivacyPlanJson {
  readonly adjacency: Adjacency;
  readonly unit: 'row' | 'unit';
  readonly clipNorm: number;
  readonly noiseMultiplier: number;
  readonly samplingRate: number;
  readonly steps: number;
  readonly deltaExponent: number;
  readonly epsilon: number;
  readonly accountant: Accountant;
  readonly clipping: ClippingRule | undefined;
  readonly correlation: Correlation | undefined;
  /** 10^−deltaExponent. */
  readonly delta: number;
  readonly #milestones = new Map<number, number>();
  #charge: PackedCharge | undefined;

  /** Takes the fields as they are; `createPlan` checks them. */
  constructor(json: PrivacyPlanJson) {
    this.adjacency = json.adjacency;
    this.unit = json.unit;
    this.clipNorm = json.clipNorm;
    this.noiseMultiplier = json.noiseMultiplier;
    this.samplingRate = json.samplingRate;
    this.steps = json.steps;
    this.deltaExponent = json.deltaExponent;
    this.epsilon = json.epsilon;
    this.accountant = json.accountant;
    this.clipping = json.clipping;
    this.correlation = json.correlation;
    this.delta = Number(`1e-${json.deltaExponent}`);
    Object.freeze(this);
  }

  /** What the accountants call the plan: the DP-SGD that costs as much, where noise is correlated. */
  get mechanism(): SampledGaussian {
    return planMechanism(this);
  }

  /** What the whole plan costs a dataset's Rényi ledger. */
  get charge(): PackedCharge {
    return (this.#charge ??= ledgerCharge(this.mechanism));
  }

  /** An upper bound on the epsilon spent after `steps` steps, from 0 for none to the plan's epsilon for all. */
  epsilonAfter(steps: number): number {
    if (steps <= 0) return 0;
    const milestone = Math.ceil((Math.min(steps, this.steps) / this.steps) * MILESTONES);
    if (milestone >= MILESTONES) return this.epsilon;
    const known = this.#milestones.get(milestone);
    if (known !== undefined) return known;
    const until = Math.ceil((milestone * this.steps) / MILESTONES);
    const { delta, accountant } = this;
    const epsilon = Math.min(this.epsilon, epsilonOf({ ...planMechanism(this, until), delta, accountant }));
    this.#milestones.set(milestone, epsilon);
    return epsilon;
  }

  /**
   * Begins the run of this plan on a dataset, from `fromStep` on. All batches and all noise follow from `root`: the same
   * root repeats them, which is what a run that is resumed must do, and what two different runs must not.
   *
   * @throws `privacy.badParameter`
   */
  begin(options: RunOptions): PlanRun {
    return new PlanRun(this, options);
  }

  /**
   * Begins a run whose batches and noise anybody can recompute from the seed: for tests. It protects nobody, and gives no
   * receipt.
   */
  beginInsecureSeeded({ seed, ...options }: Omit<RunOptions, 'root'> & { readonly seed: number }): InsecurePlanRun {
    return new InsecurePlanRun(this, seed, options);
  }

  /** The plan as data; `createPlan` takes it back. */
  toJSON(): PrivacyPlanJson {
    const { adjacency, unit, clipNorm, noiseMultiplier, samplingRate, steps, deltaExponent, epsilon, accountant } =
      this;
    return {
      ...{ adjacency, unit, clipNorm, noiseMultiplier, samplingRate, steps, deltaExponent, epsilon, accountant },
      ...(this.clipping === undefined ? {} : { clipping: this.clipping }),
      ...(this.correlation === undefined ? {} : { correlation: this.correlation }),
    };
  }

  /** The plan in full sentences, for people who decide on it. */
  describe(): string {
    return describePlan(this);
  }
}
