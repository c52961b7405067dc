import { privacyError } from '../errors.ts';

/**
 * How a run is accounted: `pld` by its privacy-loss distribution, tight to 0.002 and what is reported; `rdp` by Rényi
 * divergences, some per cent above, a second opinion by other means. There is no CLT or GDP accountant: it reports less
 * than the truth.
 */
export type Accountant = 'pld' | 'rdp';

export const ACCOUNTANTS: readonly Accountant[] = ['pld', 'rdp'];

export function checkAccountant(accountant: Accountant): void {
  if (!ACCOUNTANTS.includes(accountant)) {
    throw privacyError({
      code: 'privacy.badParameter',
      message: `The accountant must be one of ${ACCOUNTANTS.join(', ')}, got ${String(accountant)}.`,
      data: { parameter: 'accountant' },
    });
  }
}
