import { privacyError } from '../errors.ts';
import type { PrivacyPlanOptions } from '../plan/privacy-plan-json.ts';
import { bandedCoefficients } from './banded-coefficients.ts';
import { BATCH_ORDERS, type Correlation } from './correlation.ts';

/**
 * Returns when a plan with this correlation has a price: contributions of one unit must never fall on the same released rows.
 *
 * @throws `privacy.badPlan` for a rate above 1/bands, passes shorter than the bands or under add-or-remove-one (where every later
 * batch would hold other rows), a sampling rate that is not the passes', or a clip norm that adapts; `privacy.badParameter`
 */
export function checkCorrelation(
  correlation: Correlation,
  plan: Pick<PrivacyPlanOptions, 'samplingRate' | 'steps' | 'adjacency' | 'clipping'>,
): void {
  const { samplingRate, steps, adjacency, clipping } = plan;
  const { order, bands } = correlation;
  if (!BATCH_ORDERS.includes(order)) refuse(`Batches come in one of the orders ${BATCH_ORDERS.join(', ')}.`);
  const fields = order === 'passes' ? ['order', 'bands', 'passes'] : ['order', 'bands'];
  if (Object.keys(correlation).some((field) => !fields.includes(field)))
    refuse(`A correlation of the order "${order}" has no members but ${fields.join(', ')}.`);
  bandedCoefficients(bands);
  // Noise of one step would be scaled to one norm and carried into steps of another.
  if (clipping?.kind === 'adaptive') refuse('A clip norm that adapts does not go with correlated noise.');
  if (order === 'cyclic-poisson') {
    if (bands * samplingRate <= 1) return;
    refuse(
      `A group can't be drawn more often than always: with ${bands} bands the sampling rate is at most 1/${bands}.`,
    );
  }
  const { passes } = correlation;
  if (!Number.isSafeInteger(passes) || passes < 1 || steps % passes !== 0 || steps / passes < bands)
    refuse('Passes divide the steps into parts of at least as many steps as there are bands.');
  if (adjacency !== 'replace-one') refuse('Rows in a fixed order are protected under replace-one only.');
  if (samplingRate !== passes / steps)
    refuse(`In ${passes} passes over ${steps} steps a batch is the share ${passes / steps} of the units.`);
}

function refuse(message: string): never {
  throw privacyError({ code: 'privacy.badPlan', message });
}
