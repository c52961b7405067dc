import { checkSampling, checkSigma } from '../check-mechanism.ts';
import { checkCorrelation } from '../correlated/check-correlation.ts';
import { checkAccountant } from '../epsilon/accountant.ts';
import { privacyError } from '../errors.ts';
import { ADAPTIVE_NORMS, CLIPPINGS, type ClippingRule } from './clipping.ts';
import type { PrivacyPlanOptions } from './privacy-plan-json.ts';

const FIELDS: Record<keyof PrivacyPlanOptions, true> = {
  adjacency: true,
  unit: true,
  clipNorm: true,
  noiseMultiplier: true,
  samplingRate: true,
  steps: true,
  deltaExponent: true,
  epsilon: true,
  accountant: true,
  clipping: true,
  correlation: true,
};

/**
 * Returns when the options have no unknown field and every field is in its domain.
 *
 * @throws `privacy.badPlan` for unknown, missing or contradictory fields; `privacy.badParameter` for values
 */
export function checkPlanOptions(options: PrivacyPlanOptions): void {
  const unknown = Object.keys(options).filter((field) => !Object.hasOwn(FIELDS, field));
  if (unknown.length > 0) {
    throw privacyError({
      code: 'privacy.badPlan',
      message: `A privacy plan has no field ${unknown.map((field) => `"${field.slice(0, 40)}"`).join(', ')}.`,
      data: { unknown: unknown.length },
    });
  }
  const { unit, clipNorm, deltaExponent, samplingRate: q, steps, adjacency, noiseMultiplier, epsilon } = options;
  checkSampling({ q, steps, adjacency });
  if (options.accountant !== undefined) checkAccountant(options.accountant);
  if (unit !== 'row' && unit !== 'unit') refuse('unit', unit, '"row" or "unit"');
  if (typeof clipNorm !== 'number' || !(clipNorm >= 1e-30 && clipNorm <= 1e30)) {
    refuse('clipNorm', clipNorm, 'a number above 0');
  }
  if (!Number.isSafeInteger(deltaExponent) || deltaExponent < 1 || deltaExponent > 30) {
    refuse('deltaExponent', deltaExponent, 'an integer from 1 to 30');
  }
  if (noiseMultiplier !== undefined) checkSigma(noiseMultiplier);
  if (epsilon !== undefined && (typeof epsilon !== 'number' || !(epsilon > 0 && Number.isFinite(epsilon)))) {
    refuse('epsilon', epsilon, 'a number above 0');
  }
  if (options.clipping !== undefined) checkClipping(options.clipping, clipNorm);
  if (options.correlation !== undefined) checkCorrelation(options.correlation, options);
  if (noiseMultiplier === undefined && epsilon === undefined) {
    throw privacyError({
      code: 'privacy.badPlan',
      message: 'A privacy plan needs an epsilon or a noise multiplier.',
      hint: 'Give epsilon, and the noise follows from it.',
    });
  }
}

function checkClipping(clipping: ClippingRule, clipNorm: number): void {
  const isRecord = typeof clipping === 'object' && clipping !== null;
  if (!isRecord || !CLIPPINGS.includes(clipping.kind)) {
    refuse('clipping', isRecord ? String(clipping.kind) : clipping, `of a kind among ${CLIPPINGS.join(', ')}`);
  }
  const fields = clipping.kind === 'adaptive' ? ['kind', 'quantile', 'rate', 'share'] : ['kind'];
  if (Object.keys(clipping).some((field) => !fields.includes(field))) {
    throw privacyError({
      code: 'privacy.badPlan',
      message: `Clipping "${clipping.kind}" has no members but ${fields.join(', ')}.`,
    });
  }
  if (clipping.kind !== 'adaptive') return;
  const { quantile, rate, share } = clipping;
  if (!(quantile > 0 && quantile < 1)) refuse('clipping.quantile', quantile, 'above 0 and below 1');
  if (!(rate > 0 && rate <= 1)) refuse('clipping.rate', rate, 'above 0 and at most 1');
  // Below, the count's noise would be so large that C wanders; a millionth is far beyond use.
  if (!(share >= 1e-6 && share <= 0.5)) refuse('clipping.share', share, 'from 1e-6 to 0.5');
  const { min, max } = ADAPTIVE_NORMS;
  if (!(clipNorm >= min && clipNorm <= max)) refuse('clipNorm', clipNorm, `from ${min} to ${max} where it adapts`);
}

function refuse(name: string, value: unknown, rule: string): never {
  throw privacyError({
    code: 'privacy.badParameter',
    message: `${name} must be ${rule}, got ${String(value).slice(0, 40)}.`,
    data: { parameter: name },
  });
}
