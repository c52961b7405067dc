import { privacyError } from '../errors.ts';
import { EPSILON_MICRO_MAX, LEDGER_A, LEDGER_B } from './ledger-orders.ts';

/** The promise of a dataset's ledger: epsilon in millionths, delta as the k of 10^−k. */
export interface LedgerBudget {
  readonly epsilonMicro: number;
  readonly deltaExponent: number;
}

/**
 * The largest Rényi divergence per order, in micro-RDP, that still proves (epsilon, 10^−k)-DP:
 * max(0, epsilonMicro + A − k·B). Rounded down. A lane with cap 0 admits a charge of 0 only, which is no release at all.
 *
 * Source: Canonne, Kamath, Steinke 2020, "The Discrete Gaussian for Differential Privacy", Prop. 12, solved for the divergence.
 *
 * @throws `privacy.badParameter` for epsilon above 4000 or an exponent that is not an integer from 1 to 255
 */
export function ledgerCaps({ epsilonMicro, deltaExponent }: LedgerBudget): number[] {
  if (!Number.isSafeInteger(epsilonMicro) || epsilonMicro < 0 || epsilonMicro > EPSILON_MICRO_MAX) {
    throw privacyError({
      code: 'privacy.badParameter',
      message: `A ledger's epsilon is an integer of millionths from 0 to ${EPSILON_MICRO_MAX}, got ${epsilonMicro}.`,
      data: { epsilonMicro },
    });
  }
  if (!Number.isSafeInteger(deltaExponent) || deltaExponent < 1 || deltaExponent > 255) {
    throw privacyError({
      code: 'privacy.badParameter',
      message: `A delta of 10^-k needs an integer k from 1 to 255, got ${deltaExponent}.`,
      data: { deltaExponent },
    });
  }
  return LEDGER_A.map((a, i) => Math.max(0, epsilonMicro + a - deltaExponent * LEDGER_B[i]!));
}
