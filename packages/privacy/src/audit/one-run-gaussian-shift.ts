import { greatestArgument } from '../numeric/greatest-argument.ts';
import type { Guesses } from './guesses.ts';
import { refutesTradeOff } from './refutes-trade-off.ts';
import { gaussianTradeOff } from './trade-off.ts';

/** N(0, 1) and N(40, 1) are told apart but for a chance of 1e-89. */
const LIMIT = 40;

/**
 * The greatest shift μ for which these guesses refute that telling a record's presence is as hard as telling N(0, 1) from
 * N(μ, 1), with confidence 1 − `significance`; 0 when they refute none.
 *
 * @throws `privacy.badParameter`
 */
export const oneRunGaussianShift = (outcome: Guesses & { readonly significance: number }): number =>
  greatestArgument((shift) => (refutesTradeOff({ ...outcome, promised: gaussianTradeOff(shift) }) ? 0 : 1), 0, LIMIT);
