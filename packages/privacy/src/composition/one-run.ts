import type { MechanismSteps } from './mechanism-steps.ts';

/** The single run of training that a composition is, if it is one: such runs have closed forms of their own. */
export const oneRun = (
  parts: readonly MechanismSteps[],
): Extract<MechanismSteps, { mechanism: 'sampled-gaussian' }> | undefined =>
  parts.length === 1 && parts[0]!.mechanism === 'sampled-gaussian' ? parts[0] : undefined;
