import { attestationError } from '../errors.ts';

/** The processor lines whose reports are verified. */
export type SnpProduct = 'Milan' | 'Genoa' | 'Turin';

export const SNP_PRODUCTS: readonly SnpProduct[] = ['Milan', 'Genoa', 'Turin'];

/**
 * The product line of a combined CPUID family and model (AMD 57230, section 1.5: Milan 19h/00h–0Fh; Genoa with Bergamo and
 * Siena 19h/10h–1Fh and A0h–AFh; Turin 1Ah/00h–11h).
 *
 * @throws `attestation.unsupportedProduct`
 */
export function productOf(family: number, model: number): SnpProduct {
  if (family === 0x19 && model <= 0x0f) return 'Milan';
  if (family === 0x19 && ((model >= 0x10 && model <= 0x1f) || (model >= 0xa0 && model <= 0xaf))) return 'Genoa';
  if (family === 0x1a && model <= 0x11) return 'Turin';
  throw attestationError({
    code: 'attestation.unsupportedProduct',
    message: `The report comes from a processor that is not known here (family ${family}, model ${model}).`,
    data: { family, model },
  });
}
