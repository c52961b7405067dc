import type { Adjacency } from '../adjacency.ts';
import type { Correlation } from '../correlated/correlation.ts';
import type { Accountant } from '../epsilon/accountant.ts';
import type { ClippingRule } from './clipping.ts';

/** A plan as data: what orders and certificates hold. */
export interface PrivacyPlanJson {
  readonly adjacency: Adjacency;
  /** Who is protected: each row, or all rows of one value of the dataset's unit column. */
  readonly unit: 'row' | 'unit';
  /** Bound C on the norm of one unit's contribution to a step's sum; where clipping is adaptive, that of the first step. */
  readonly clipNorm: number;
  /** Standard deviation of the noise over C; where clipping is adaptive, that of sum and count together, see `clippingNoise`. */
  readonly noiseMultiplier: number;
  /** Probability with which a unit takes part in a step. */
  readonly samplingRate: number;
  readonly steps: number;
  /** The k of delta = 10^−k. */
  readonly deltaExponent: number;
  readonly epsilon: number;
  readonly accountant: Accountant;
  /** Flat when left out. */
  readonly clipping?: ClippingRule | undefined;
  /** Noise is fresh in each step when left out. */
  readonly correlation?: Correlation | undefined;
}

/** What a plan is made of: give `epsilon`, `noiseMultiplier`, or both, which is then checked. */
export type PrivacyPlanOptions = Omit<PrivacyPlanJson, 'epsilon' | 'noiseMultiplier' | 'accountant'> & {
  readonly epsilon?: number;
  readonly noiseMultiplier?: number;
  /** `pld` when left out. */
  readonly accountant?: Accountant;
};
